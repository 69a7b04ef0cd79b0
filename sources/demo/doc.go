// Package demo is the demo cloud: a simulated fleet of functions behind the
// clouds' own wire protocols.
package demo

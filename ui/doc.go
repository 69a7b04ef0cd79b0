// Package ui is the dashboard: the root model of fntop in a terminal.
//
// # Words
//
// The frame is the header line, the body and the foot. A page is what the
// body shows; pages lie on a stack, the top one is seen, and going back finds
// the one below as it was left. An overlay is drawn over the page and takes
// the keys while it is open. A toast is a sentence at the foot that goes away
// by itself. A demand is what the top page wants to have known.
//
// # Where things are
//
// This package routes: window, keys, snapshots, demands. What is on a page is
// in ui/page/…, what pages are made of is in ui/widget/…, how things look is
// in ui/theme, keys are in ui/keys, figures are written by ui/format.
//
// # Rules
//
//   - Update and View are quick and do no I/O. Time comes from Options.Now.
//   - View is a function of the model. Nothing on the screen moves but what
//     has changed, and ages are coarse, so that a screen at rest sends nothing.
//   - Pages get snapshots, never clients.
//   - Text from outside reaches the screen only through package line, which
//     cleans it.
//
// # Decisions
//
//   - 2026-11: own table instead of bubbles/table, which renders every cell of
//     two screens through a style for each key press and wants all rows as
//     text.
//   - 2026-11: a page answers a key with a step that the root takes at once,
//     instead of with a message: a key press then leads to one frame, and
//     tests need not wait.
//   - 2026-11: while the picture is paused nothing is demanded but log lines
//     and traces that are opened, so that a pause costs nothing.
package ui

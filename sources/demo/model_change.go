package demo

import "time"

// Alias is the alias through which functions that publish versions are
// invoked.
const Alias = "live"

// The kinds of changes.
const (
	ChangeCode          = "code"          // new code
	ChangeConfiguration = "configuration" // anything else about the function
	ChangeVersion       = "version"       // a version was published
	ChangeAlias         = "alias"         // the alias points to another version
	ChangeCreate        = "create"
	ChangeDelete        = "delete"
)

// Change is one call that changed a function.
type Change struct {
	ID       string    // of CloudTrail's event, a UUID
	Time     time.Time // when it was made, a full second; UTC
	Function string
	Kind     string // one of the kinds above
	// Operation is Lambda's, such as "UpdateFunctionCode"; Event is what
	// CloudTrail calls it, such as "UpdateFunctionCode20150331v2".
	Operation, Event string
	By               Actor
	// ByARN tells that the call named the function by its ARN; otherwise it
	// was by the plain name.
	ByARN bool
	// What the function is after the change; nothing after it was deleted.
	Runtime  string // empty for container images
	MemoryMB int
	CodeSize int64  // bytes
	Version  string // the version that was published or pointed to; else "$LATEST"
}

// Actor is who made a change.
type Actor struct {
	// User is the name of an IAM user; empty when a role was assumed.
	User string
	// Role and Session are of an assumed role.
	Role, Session string
	// Via is the service that made the call for them, such as
	// "cloudformation.amazonaws.com"; empty when they made it themselves.
	Via string
	// Agent is the program that called, Address where from.
	Agent, Address string
}

// Name is the actor as CloudTrail's user name shows it.
func (a Actor) Name() string {
	if a.User != "" {
		return a.User
	}
	return a.Session
}

// Version is a published version of a function.
type Version struct {
	Number    int64
	Published time.Time // UTC
	MemoryMB  int
	CodeSize  int64 // bytes
}

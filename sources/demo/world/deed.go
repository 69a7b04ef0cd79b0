package world

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"strconv"
	"time"

	"fntop/sources/demo"
)

// A change of a function is made by one or more calls to Lambda's API, and
// CloudTrail records each: new code of a function that publishes versions is
// uploaded, published, and the alias moved to it.

// apiCall is one of the calls that make a change.
type apiCall struct {
	kind      string // as demo.Change has it
	operation string
	event     string // CloudTrail's name (Lambda Developer Guide, "Logging AWS Lambda API calls using AWS CloudTrail")
	after     int64  // ms after the change, whole seconds
}

var (
	codeSteps = []apiCall{ //nolint:gochecknoglobals // constant table
		{demo.ChangeCode, "UpdateFunctionCode", "UpdateFunctionCode20150331v2", 0},
	}
	publishedSteps = []apiCall{ //nolint:gochecknoglobals // constant table
		codeSteps[0],
		{demo.ChangeVersion, "PublishVersion", "PublishVersion20150331", second},
		{demo.ChangeAlias, "UpdateAlias", "UpdateAlias20150331", second},
	}
	configSteps = []apiCall{ //nolint:gochecknoglobals // constant table
		{demo.ChangeConfiguration, "UpdateFunctionConfiguration", "UpdateFunctionConfiguration20150331v2", 0},
	}
	createSteps = []apiCall{ //nolint:gochecknoglobals // constant table
		{demo.ChangeDelete, "DeleteFunction", "DeleteFunction20150331", -second},
		{demo.ChangeCreate, "CreateFunction", "CreateFunction20150331", 0},
	}
)

// steps are the calls that make a change of a kind.
func (f *function) steps(kind changeKind) []apiCall {
	switch {
	case kind == configChange:
		return configSteps
	case kind == createChange:
		return createSteps
	case f.publishes():
		return publishedSteps
	}
	return codeSteps
}

// publishes tells whether the function is invoked by a published version.
func (f *function) publishes() bool { return f.versioned || f.snapStart || f.provisioned > 0 }

// deed is one call that changed a function.
type deed struct {
	f   *function
	c   change
	nth int // of the change's apiCalls
	api apiCall
}

// at is when the call was made, ms, a full second.
func (d deed) at() int64 { return d.c.at + d.api.after }

// hash is a random number of the deed's.
func (d deed) hash(k uint64) uint64 {
	return hash3(hash3(d.f.seed^0xc10d, uint64(d.c.at), uint64(d.c.kind)), uint64(d.nth), k)
}

func (d deed) id() string { return uuid(d.hash(1), d.hash(2)) }

// The delay of CloudTrail: "typically … an average of about 5 minutes", not
// guaranteed (CloudTrail User Guide, "How CloudTrail works"); 25 minutes have
// been seen.
const (
	deliveryLeast = 75 * second
	deliveryMore  = 225 * second // on average
	deliveryMost  = 25 * minuteMS
)

// delivered is when CloudTrail shows the deed, ms.
func (d deed) delivered() int64 {
	wait := deliveryLeast - int64(math.Log(open(d.hash(3)))*float64(deliveryMore))
	return d.at() + min(wait, deliveryMost)
}

// deedsIn gives the calls that changed the function in [from, to), by time.
func (f *function) deedsIn(from, to int64) []deed {
	var out []deed
	for _, c := range f.changesIn(from-second, to+second) {
		for i, s := range f.steps(c.kind) {
			if d := (deed{f, c, i, s}); d.at() >= from && d.at() < to {
				out = append(out, d)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b deed) int { return cmp.Compare(a.at(), b.at()) })
	return out
}

// cursor is the newest deed of one step of one track that has not been told.
type cursor struct {
	deed
	t changeTrack
}

// newer tells whether a comes before b: newest first, the last step of a
// change before the first.
func newer(a, b *cursor) bool {
	return cmp.Or(cmp.Compare(b.at(), a.at()), cmp.Compare(b.f.index, a.f.index),
		cmp.Compare(b.c.kind, a.c.kind), cmp.Compare(b.nth, a.nth), cmp.Compare(b.c.k, a.c.k)) < 0
}

// sink lets the cursor at i down to its place in a heap with the newest on
// top.
func sink(h []cursor, i int) {
	for {
		top := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(h); child++ {
			if newer(&h[child], &h[top]) {
				top = child
			}
		}
		if top == i {
			return
		}
		h[i], h[top] = h[top], h[i]
		i = top
	}
}

// deedsBefore yields the deeds of the functions in [from, to), newest first.
// It costs about a microsecond for each function to begin with and for each
// deed then, however long the span is.
func deedsBefore(functions []*function, from, to int64) iter.Seq[deed] {
	return func(yield func(deed) bool) {
		var h []cursor
		for _, f := range functions {
			for _, t := range f.changeTracks() {
				if t.none() {
					continue
				}
				for i, s := range f.steps(t.kind) {
					k := t.last(to - 1 - s.after)
					c := cursor{deed{f, t.change(k), i, s}, t}
					if c.at() >= from {
						h = append(h, c)
					}
				}
			}
		}
		for i := len(h)/2 - 1; i >= 0; i-- {
			sink(h, i)
		}
		for len(h) > 0 {
			next := &h[0]
			if !yield(next.deed) {
				return
			}
			if next.c = next.t.change(next.c.k - 1); next.at() < from {
				h[0] = h[len(h)-1]
				h = h[:len(h)-1]
			}
			sink(h, 0)
		}
	}
}

// change is the k-th change of the track.
func (t changeTrack) change(k int64) change {
	return change{at: t.at(k), kind: t.kind, bad: t.bad, fix: t.fix, k: k}
}

// trailRetention is how long CloudTrail's event history reaches back
// (CloudTrail API Reference, LookupEvents).
const trailRetention = 90 * dayMS

// Changes yields the calls that changed functions of a region in [start, end),
// newest first, that CloudTrail has delivered by asOf.
func (w *World) Changes(region string, start, end, asOf time.Time) iter.Seq[demo.Change] {
	return func(yield func(demo.Change) bool) {
		r, ok := regionIndex(region)
		if !ok {
			return
		}
		now := clamp(asOf)
		from, to := max(clampUp(start), now-trailRetention), min(clampUp(end), now)
		for d := range deedsBefore(w.regions[r], from, to) {
			if d.delivered() <= now && !yield(d.change()) {
				return
			}
		}
	}
}

// change is the deed as CloudTrail tells it.
func (d deed) change() demo.Change {
	out := demo.Change{
		ID: d.id(), Time: time.UnixMilli(d.at()).UTC(), Function: d.f.name,
		Kind: d.api.kind, Operation: d.api.operation, Event: d.api.event,
		By: d.actor(), Version: "$LATEST",
	}
	out.ByARN = d.byARN(out.By)
	if d.api.kind == demo.ChangeDelete {
		return out
	}
	config := d.f.configAt(d.f.effective(d.c))
	out.Runtime, out.MemoryMB, out.CodeSize = d.f.runtime.id, config.memory, d.f.codeSize(config)
	if d.api.kind == demo.ChangeVersion || d.api.kind == demo.ChangeAlias {
		out.Version = config.version
	}
	return out
}

// The programs that change functions.
const (
	pipelineAgent = "aws-cli/2.31.10 md/awscrt#0.27.6 ua/2.1 os/linux#6.11.0-1018-azure md/arch#x86_64 lang/python#3.13.7 exec-env/GitHubActions md/command#lambda."
	consoleAgent  = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
	stackService  = "cloudformation.amazonaws.com"
)

// actor is who did the deed. All steps of a change are by the same: a
// pipeline mostly, CloudFormation for a third of the teams' functions, a
// person for what has to be repaired in a hurry and for settings.
func (d deed) actor() demo.Actor {
	h := hash3(d.f.seed^0xac7, uint64(d.c.at), 0)
	pipeline := demo.Actor{
		Role: "deploy-" + d.f.team, Session: "ci", Agent: pipelineAgent + commandOf(d.api.operation),
		Address: "198.51.100." + strconv.Itoa(1+pick(h, 254)),
	}
	switch {
	case d.c.kind == configChange:
		return demo.Actor{User: "ops", Agent: consoleAgent, Address: "203.0.113.24"}
	case d.c.fix && h%2 == 0:
		people := [...]string{"amara", "bjarne", "chiara", "devi", "emeka"}
		who := people[pick(hash2(h, 1), len(people))]
		return demo.Actor{
			Role: "AWSReservedSSO_Developer_5f2c1b7e9d3a4c60", Session: who + "@example.com", Agent: consoleAgent,
			Address: "203.0.113." + strconv.Itoa(100+pick(hash2(h, 2), 100)),
		}
	case d.c.kind == codeChange && !d.c.fix && !d.c.bad && hash2(d.f.seed, 0xcf)%3 == 0:
		return demo.Actor{
			Role: "cloudformation-" + d.f.team, Session: "AWSCloudFormation", Via: stackService,
			Agent: stackService, Address: stackService,
		}
	}
	return pipeline
}

// commandOf is an operation as the AWS CLI spells it: "publish-version".
func commandOf(operation string) string {
	var out []byte
	for i := range len(operation) {
		c := operation[i]
		if c >= 'A' && c <= 'Z' {
			if c += 'a' - 'A'; i > 0 {
				out = append(out, '-')
			}
		}
		out = append(out, c)
	}
	return string(out)
}

// byARN tells how the call named the function: the console by ARN, templates
// by name, pipelines as the team wrote them.
func (d deed) byARN(by demo.Actor) bool {
	switch {
	case by.Agent == consoleAgent:
		return true
	case by.Via == stackService:
		return false
	}
	return hashString(0xa4, d.f.team)&1 == 0
}

// keptVersions is how many published versions are kept: pipelines delete the
// older ones.
const keptVersions = 5

// Versions are the published versions of a function that are kept, oldest
// first; none for a function that does not publish.
func (w *World) Versions(region, name string, asOf time.Time) []demo.Version {
	r, ok := regionIndex(region)
	if !ok {
		return nil
	}
	f := w.byName[r][name]
	if f == nil || !f.publishes() {
		return nil
	}
	var out []demo.Version
	for d := range deedsBefore([]*function{f}, worldBegins, clamp(asOf)+1) {
		if d.api.kind != demo.ChangeVersion {
			continue
		}
		config := f.configAt(f.effective(d.c))
		if len(out) == keptVersions || len(out) > 0 && out[len(out)-1].Number <= config.number {
			break // the numbers of long ago do not count down further
		}
		out = append(out, demo.Version{
			Number: config.number, Published: time.UnixMilli(d.at()).UTC(),
			MemoryMB: config.memory, CodeSize: f.codeSize(config),
		})
	}
	slices.Reverse(out)
	return out
}

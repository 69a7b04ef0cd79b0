package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"fntop/sources"
	"fntop/sources/fleet"
	"fntop/sources/poll"
	"fntop/ui/internal/sample"
	"fntop/ui/page/functions"
)

// storyViews are ways to the views of the functions page in which something
// has happened.
func storyViews() map[string]func(*desk) {
	return map[string]func(*desk){
		"live":           func(*desk) {},
		"grouped":        func(d *desk) { d.keys(":", "type:group tag:team", "enter") },
		"grouped-folded": func(d *desk) { d.keys(":", "type:group tag:team", "enter", "down", "left", "left") },
		"events":         func(d *desk) { d.keys("e", "down") },
	}
}

func TestFunctionsPage(t *testing.T) {
	for name, walk := range storyViews() {
		for _, s := range sizes() {
			t.Run(name+"/"+s.String(), func(t *testing.T) {
				d := open(t, s.width, s.height).show(sample.Story(60))
				walk(d)
				checkFrame(t, d.frame(), s.width, s.height)
				golden.RequireEqual(t, d.screen())
			})
		}
	}
}

// TestFunctionsPageStyled keeps the styles of a grouped page with events in
// each look.
func TestFunctionsPageStyled(t *testing.T) {
	for name, put := range looks() {
		t.Run(name, func(t *testing.T) {
			d := open(t, 120, 40).show(sample.Story(24))
			put(d)
			storyViews()["grouped"](d)
			checkFrame(t, d.frame(), 120, 40)
			golden.RequireEqual(t, strings.ReplaceAll(d.frame(), "\x1b", "␛"))
		})
	}
}

func TestFunctionsPageASCII(t *testing.T) {
	for name, walk := range storyViews() {
		t.Run(name, func(t *testing.T) {
			d := open(t, 120, 40, func(o *Options) { o.ASCII, o.NoColor = true, true }).show(sample.Story(24))
			walk(d)
			for i, r := range d.screen() {
				if r > '~' {
					t.Fatalf("%q is drawn at %d:\n%s", r, i, d.screen())
				}
			}
			golden.RequireEqual(t, d.screen())
		})
	}
}

// TestCauseComesFirst: what is wrong, and behind it or below it what to do.
func TestCauseComesFirst(t *testing.T) {
	const fix = "run fntop iam-policy and attach the policy"
	d := open(t, 80, 24).show(states()["partial"]).sees("✗ eu-west-1  AccessDenied: lambda:ListFunctions on eu-west-1\n", "→ "+fix)
	d.send(resizeTo(size{80, 14})).sees("✗ eu-west-1  AccessDenied: lambda:ListFunctions on eu-west-1 → run fntop")
	d.send(resizeTo(size{200, 24})).sees("on eu-west-1 → " + fix)
}

// failing is a fleet in which all of so many regions fail with these errors.
func failing(errs ...error) *fleet.Snapshot {
	head := sample.Head(60)
	head.Places = nil
	for i, err := range errs {
		pl := sample.Places(60)[0]
		pl.Region = fmt.Sprintf("ap-southeast-%d", i+1)
		pl.Label = pl.Region
		if err != nil {
			pl.Logs = fleet.Health{Bad: sample.Now(), Err: err}
		}
		head.Places = append(head.Places, pl)
	}
	return fleet.Assemble(head, sample.Functions(60), nil, nil)
}

// TestACauseIsToldOnce: one cause at several places is one line, which names
// them where there is room, and no more than two lines are taken.
func TestACauseIsToldOnce(t *testing.T) {
	logs := func(region string) error {
		return &sources.Error{Op: "logs:FilterLogEvents", On: "/aws/lambda/" + region, Kind: sources.Denied, Fix: "add it to the role (fntop iam-policy prints the minimum)"}
	}
	all := failing(logs("a"), logs("b"), logs("c"))
	d := open(t, 120, 40).show(all)
	d.sees("✗ ap-southeast-1, ap-southeast-2, ap-southeast-3  AccessDenied: logs:FilterLogEvents\n", "\n   → add it to the role")
	d.send(resizeTo(size{60, 24})).sees("✗ 3 regions  AccessDenied: logs:FilterLogEvents\n")
	d.send(resizeTo(size{200, 40})).sees("ap-southeast-3  AccessDenied: logs:FilterLogEvents → add it to the role")

	d = open(t, 120, 40).show(failing(logs("a"), errors.New("first"), errors.New("second"), logs("b")))
	d.sees("✗ ap-southeast-1, ap-southeast-4  AccessDenied: logs:FilterLogEvents →", "✗ ap-southeast-2  first", "+1 more").seesNot("second")
}

// TestTroubleDoesNotMoveRows: what is said about failures takes the last lines,
// and every row that is left stays where it was.
func TestTroubleDoesNotMoveRows(t *testing.T) {
	d := open(t, 80, 24).show(failing(nil, nil)).keys("down", "down", "down", "down")
	before := strings.Split(d.screen(), "\n")
	d.show(failing(denied(), denied())).sees("AccessDenied")
	for y, l := range strings.Split(d.screen(), "\n")[1:18] {
		if l != before[y+1] {
			t.Errorf("line %d was %q and is %q", y+1, before[y+1], l)
		}
	}
	d = open(t, 80, 24).show(failing(nil, nil)).keys("end", "up")
	row := d.cursorLine()
	if d.show(failing(denied(), denied())).cursorLine() != row {
		t.Errorf("the cursor was on %q and is on %q", row, d.cursorLine())
	}
}

// TestWhyThereAreNoChanges is told where changes are looked at.
func TestWhyThereAreNoChanges(t *testing.T) {
	head := sample.Head(24)
	head.Places[0].Changes = fleet.Health{Bad: sample.Now(), Err: denied()}
	var list []*fleet.Function
	for i := range sample.Story(24).Len() {
		list = append(list, sample.Story(24).Function(i))
	}
	d := open(t, 120, 40).show(fleet.Assemble(head, list, nil, nil)).seesNot("AccessDenied")
	d.keys("e").sees("✗ us-east-1  AccessDenied").keys("esc").seesNot("AccessDenied")
	d.keys("/", "type:deployed<1h", "enter").sees("✗ us-east-1  AccessDenied")
}

// TestTheBudgetSpeaksOfWhatThereIs: of functions off the screen only when there
// are any.
func TestTheBudgetSpeaksOfWhatThereIs(t *testing.T) {
	slow := func(n int, pace poll.Pace) *fleet.Snapshot {
		head := sample.Head(n)
		head.Pace = pace
		return fleet.Assemble(head, sample.Functions(n), nil, nil)
	}
	rows := poll.Pace{Rows: 2 * time.Minute, Slowed: true}
	rest := poll.Pace{Rows: time.Minute, Rest: 12 * time.Minute, Slowed: true}
	open(t, 120, 40).show(slow(10, rows)).sees("on the screen every 2m00s").seesNot("none of the others")
	open(t, 120, 40).show(slow(90, rows)).sees("on the screen every 2m00s, and none of the others")
	open(t, 120, 40).show(slow(10, rest)).seesNot("budget")
	open(t, 120, 40).show(slow(90, rest)).sees("off the screen every 12m00s")
}

// teams makes a snapshot of functions by team with these invocations a minute.
func teams(rates map[string]map[string]float64) *fleet.Snapshot {
	var list []*fleet.Function
	for _, team := range []string{"red", "blue", ""} {
		for _, name := range []string{"alpha", "beta", "gamma", "delta", "epsilon", "zeta"} {
			rate, ok := rates[team][name]
			if !ok {
				continue
			}
			id := sources.FunctionID{Cloud: sources.AWS, Account: sample.Account, Region: "us-east-1", Name: name}
			f := &fleet.Function{ID: id, Configured: true, Tagged: true, Config: sources.Function{ID: id, MemoryMB: 128}}
			if team != "" {
				f.Config.Tags = map[string]string{"team": team}
			}
			list = append(list, f.WithRow(sample.Window(), fleet.Row{
				LastMinute: sources.Some(rate), Invocations: sources.Some(int64(rate * 60)), Errors: sources.Some(int64(rate)),
				P95: sources.Some(time.Duration(rate) * time.Millisecond),
			}))
		}
	}
	slices.SortFunc(list, func(a, b *fleet.Function) int { return a.ID.Compare(b.ID) })
	return fleet.Assemble(sample.Head(len(list)), list, nil, nil)
}

type byTeam = map[string]map[string]float64

// rowsSeen are the first words of the rows, from the top.
func (d *desk) rowsSeen() []string {
	var seen []string
	for l := range strings.SplitSeq(d.screen(), "\n") {
		words := strings.Fields(strings.TrimLeft(l, "▸▿▹ "))
		if len(words) > 1 && slices.Contains([]string{"red", "blue", "(no", "alpha", "beta", "gamma", "delta", "epsilon", "zeta"}, words[0]) {
			seen = append(seen, words[0])
		}
	}
	return seen
}

func (d *desk) wantRows(names ...string) *desk {
	d.t.Helper()
	if got := d.rowsSeen(); !slices.Equal(got, names) {
		d.t.Fatalf("rows are %v, want %v:\n%s", got, names, d.screen())
	}
	return d
}

func TestGroupsAreSortedLikeRows(t *testing.T) {
	snap := teams(byTeam{"red": {"alpha": 5, "beta": 1}, "blue": {"gamma": 4, "delta": 3}, "": {"epsilon": 2}})
	d := open(t, 100, 24).show(snap).keys(":", "type:group tag:team", "enter")
	d.wantRows("blue", "gamma", "delta", "red", "alpha", "beta", "(no", "epsilon")
	d.sees("tag:team / FUNCTION", "(no team) 1")
	d.keys("S").wantRows("(no", "epsilon", "red", "beta", "alpha", "blue", "delta", "gamma")
	d.keys(":", "type:sort function", "enter").wantRows("blue", "delta", "gamma", "red", "alpha", "beta", "(no", "epsilon")
	// A percentile has no subtotal: the group of the first row comes first.
	d.keys(":", "type:sort p95", "enter").wantRows("red", "alpha", "beta", "blue", "gamma", "delta", "(no", "epsilon")
	d.keys(":", "type:group off", "enter").seesNot("TEAM").wantRows("alpha", "gamma", "delta", "epsilon", "beta")
}

func TestSubtotals(t *testing.T) {
	snap := teams(byTeam{"red": {"alpha": 5, "beta": 1}, "blue": {"gamma": 4}})
	d := open(t, 120, 24).show(snap).keys(":", "type:group tag:team", "enter")
	line := strings.Fields(strings.Split(d.screen(), "\n")[d.line("red 2")])
	if !slices.Contains(line, "6") || !slices.Contains(line, "✗1.7") { // 6 of 360
		t.Errorf("the subtotal is %q", line)
	}
	// What is not known of all is at least what is known, and a share of it
	// unknown.
	beta := *snap.Get(sources.FunctionID{Cloud: sources.AWS, Account: sample.Account, Region: "us-east-1", Name: "beta"})
	list := []*fleet.Function{beta.WithRow(sample.Window(), fleet.Row{})}
	for i := range snap.Len() {
		if fn := snap.Function(i); fn.ID != beta.ID {
			list = append(list, fn)
		}
	}
	d.show(fleet.Assemble(sample.Head(3), list, nil, nil))
	line = strings.Fields(strings.Split(d.screen(), "\n")[d.line("red 2")])
	if !slices.Contains(line, "≥5") || slices.Contains(line, "✗1.7") {
		t.Errorf("the subtotal of what is partly known is %q", line)
	}
	d.show(fleet.Assemble(sample.Head(3), []*fleet.Function{list[0], list[1].WithRow(sample.Window(), fleet.Row{Throttles: sources.Some[int64](0)})}, nil, nil)).seesNot("≥0")
}

func TestFolding(t *testing.T) {
	snap := teams(byTeam{"red": {"alpha": 5, "beta": 1}, "blue": {"gamma": 4, "delta": 3}})
	d := open(t, 100, 24).show(snap).keys(":", "type:group tag:team", "enter")
	d.keys("enter").wantRows("blue", "red", "alpha", "beta").sees("▸ ▹ blue 2", "↵ unfold")
	d.keys("down", "down").keys("left") // from a function to its group
	if l := d.cursorLine(); !strings.Contains(l, "red") {
		t.Fatalf("left goes to %q", l)
	}
	d.keys("left").wantRows("blue", "red").keys("right").wantRows("blue", "red", "alpha", "beta")
	// It stays folded: through sorting, other groupings, and new figures.
	d.keys("s", ":", "type:group region", "enter", ":", "type:group tag:team", "enter")
	if got := d.rowsSeen(); slices.Contains(got, "gamma") || !slices.Contains(got, "alpha") {
		t.Errorf("rows are %v", got)
	}
	d.now = d.now.Add(time.Minute)
	d.show(teams(byTeam{"red": {"alpha": 5}, "blue": {"gamma": 4, "delta": 3}}))
	if got := d.rowsSeen(); slices.Contains(got, "gamma") {
		t.Errorf("rows are %v", got)
	}
	// The selected function whose group is folded is not lost.
	d = open(t, 100, 24).show(snap).keys("down", ":", "type:group tag:team", "enter")
	if l := d.cursorLine(); !strings.Contains(l, "gamma") {
		t.Fatalf("the cursor is on %q", l)
	}
	d.keys("left", "left", ":", "type:group off", "enter").wantRows("alpha", "gamma", "delta", "beta")
}

// TestGroupedRowsKeepTheirPlaceWhileTheUserMoves, subtotals included, and are
// sorted when the cursor has rested.
func TestGroupedRowsKeepTheirPlaceWhileTheUserMoves(t *testing.T) {
	d := open(t, 100, 24).show(teams(byTeam{"red": {"alpha": 5, "beta": 4}, "blue": {"gamma": 3, "delta": 2}}))
	d.keys(":", "type:group tag:team", "enter", "down", "down")
	turned := func() *fleet.Snapshot {
		return teams(byTeam{"red": {"alpha": 1, "beta": 2}, "blue": {"gamma": 30, "delta": 40}})
	}
	d.now = d.now.Add(time.Second)
	d.show(turned()).wantRows("red", "alpha", "beta", "blue", "gamma", "delta")
	if l := strings.Split(d.screen(), "\n")[d.line("blue 2")]; !strings.Contains(l, "70") {
		t.Errorf("the subtotal is still %q", l)
	}
	if l := d.cursorLine(); !strings.Contains(l, "beta") {
		t.Errorf("the cursor is on %q", l)
	}
	at := d.line("▸ ")
	d.now = d.now.Add(10 * time.Second)
	d.show(turned()).wantRows("blue", "delta", "gamma", "red", "beta", "alpha")
	if l := d.cursorLine(); !strings.Contains(l, "beta") {
		t.Errorf("after sorting the cursor is on %q, was on line %d", l, at)
	}
}

// TestGroupingAsksForTags, says while they are not known, and goes through
// what makes sense once they are.
func TestGroupingAsksForTags(t *testing.T) {
	d := open(t, 120, 24).show(sample.Fleet(24))
	if w := d.view.last(); w.Tags || !w.Changes || !w.Triggers {
		t.Fatalf("demand %+v", w)
	}
	d.keys("B").sees("STACK / FUNCTION", "(tags not known) 23", "Grouped by stack")
	if !d.view.last().Tags {
		t.Fatal("tags are not asked for")
	}
	// The tags come, and show that there are no stacks: it goes on from there.
	d.now = d.now.Add(10 * time.Second)
	d.show(sample.Story(24)).sees("▿ (no stack) 24").keys("B").sees("Grouped by tag:team")
	d.keys(":", "type:group tag:env", "enter", "B").sees("Grouped by tag:team").keys(":", "type:group tag:nobody", "enter").sees("(no nobody) 24")
	d.keys("B").sees("Grouped by region")
	d = open(t, 120, 24).show(sample.Story(24))
	for _, want := range []string{"Grouped by tag:team", "Grouped by region", "Grouped by runtime", "Not grouped", "Grouped by tag:team"} {
		d.keys("B").sees(want)
	}
	d.keys(":", "type:group off", "enter", "/", "type:tag:team=media", "enter").sees("of 24")
	if !d.view.last().Tags {
		t.Error("a filter by tags does not ask for them")
	}
	d.seesNot("session-store")
	open(t, 120, 24).show(sample.Fleet(24)).keys("/", "type:tag:team=media", "enter").sees("of 24, the tags of 23 are not known yet")
}

// TestMarksInGroups: a function is marked where its row is, and the header of a
// group is none.
func TestMarksInGroups(t *testing.T) {
	d := open(t, 120, 24).show(sample.Story(24)).keys(":", "type:group tag:team", "enter", "space").seesNot("l logs", "marked")
	d.keys("down", "space").sees("logs of 1 marked").keys("left").sees("logs of 1 marked")
	checkFrame(t, d.frame(), 120, 24)
}

func TestGroupingsAreExplained(t *testing.T) {
	for text, want := range map[string]string{
		"stck": `no grouping "stck": did you mean stack?`, "zzzzzz": "there are off, stack, account, region, runtime and tag:KEY",
		"tag:": "the key of a tag is missing",
	} {
		if _, err := functions.ParseGrouping(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"off", "stack", "tag:aws:x", "account", "region", "runtime"} {
		if g, err := functions.ParseGrouping(text); err != nil || g.String() != text {
			t.Errorf("%q is read as %q, %v", text, g, err)
		}
	}
	d := open(t, 120, 30).show(sample.Story(24)).keys(":", "type:group ").sees("tag:env", "tag:team", "runtime")
	d.keys("type:tem", "enter").sees("tag:team / FUNCTION")
	if got := d.app.functions.View().Group; got != "tag:team" {
		t.Errorf("grouped by %q", got)
	}
	d.keys(":", "type:group qqq", "enter").sees("no grouping")
}

func TestTheGroupingIsRemembered(t *testing.T) {
	d := open(t, 120, 30).show(sample.Story(24))
	d.app.functions.Restore(d.app.scene(), functions.View{Sort: "err%", Descending: true, Group: "tag:team"})
	d.sees("tag:team / FUNCTION", "▿ media")
	open(t, 120, 30, func(o *Options) { o.Functions.Group = "runtime" }).show(sample.Story(24)).sees("RUNTIME / FUNCTION", "▿ java21")
}

func TestStacks(t *testing.T) {
	list := sample.Functions(3)
	for i, tags := range []map[string]string{
		{"aws:cloudformation:stack-name": "shop-prod", "awsApplication": "arn:aws:resource-groups:eu-west-1:123456789012:group/other/1"},
		{"awsApplication": "arn:aws:resource-groups:eu-west-1:123456789012:group/billing/0a1b"},
		{"team": "x"},
	} {
		c := *list[i]
		c.Config.Tags, c.Tagged = tags, true
		list[i] = &c
	}
	open(t, 120, 24).show(fleet.Assemble(sample.Head(3), list, nil, nil)).keys("B").sees("▿ shop-prod 1", "▿ billing 1", "▿ (no stack) 1")
}

func TestEventsOpenTheirFunction(t *testing.T) {
	d := open(t, 120, 40).show(sample.Story(24)).sees("✗ 13:57 120 errors on checkout-api, none before").keys("e").sees("EVIDENCE", "120 of 36,000 in 3m, none in the 30m before")
	d.keys("end", "enter").sees("image-resize", "duration")
	d.keys("esc").sees("EVIDENCE").keys("esc").seesNot("EVIDENCE").sees("120 errors on checkout-api")
	open(t, 120, 40).show(fleet.Assemble(sample.Head(3), sample.Functions(3), nil, nil)).keys("e").sees("No events in the last 1h.")
}

// TestEventsNeverCoverRows: rows make room for them, at every height.
func TestEventsNeverCoverRows(t *testing.T) {
	for height := 8; height < 70; height++ {
		d := open(t, 120, height).show(sample.Story(200))
		for range 2 {
			from, to := len(d.view.last().Rows), -1 // the header of the screen names the regions
			for l := range strings.SplitSeq(d.screen(), "\n") {
				if strings.Contains(l, "us-east-1 ") || strings.Contains(l, "eu-west-1 ") {
					to++
				}
			}
			if from != to {
				t.Fatalf("%d high: %d rows are asked for and %d seen:\n%s", height, from, to, d.screen())
			}
			checkFrame(t, d.frame(), 120, height)
			d.keys("e")
		}
	}
	lines := func(height int) int {
		return strings.Count(open(t, 120, height).show(sample.Story(200)).screen(), "⚑ 13:") + strings.Count(open(t, 120, height).show(sample.Story(200)).screen(), "✗ 13:")
	}
	for height, want := range map[int]int{15: 0, 24: 2, 40: 3, 60: 4} {
		if got := lines(height); got != want {
			t.Errorf("%d high: %d deploys, changes and errors in the strip, want %d", height, got, want)
		}
	}
}

// TestTheListOfEventsKeepsItsPlace while new events come.
func TestTheListOfEventsKeepsItsPlace(t *testing.T) {
	d := open(t, 120, 40).show(sample.Story(24)).keys("e", "down", "down", "down")
	before := d.cursorLine()
	list := []*fleet.Function{}
	for i := range sample.Story(24).Len() {
		fn := *sample.Story(24).Function(i)
		if fn.ID.Name == "geo-lookup" {
			fn.Changes = []sources.Change{{Function: fn.ID, Time: sample.Now(), Kind: sources.ChangeCode, Who: "eve"}}
		}
		list = append(list, &fn)
	}
	d.now = d.now.Add(2 * time.Second)
	d.show(fleet.Assemble(sample.Head(24), list, nil, nil)).sees("⚑ deploy", "geo-lookup")
	if after := d.cursorLine(); after != before {
		t.Errorf("the cursor was on %q and is on %q", before, after)
	}
}

func TestTheMouseOpensEventsAndFoldsGroups(t *testing.T) {
	d := open(t, 120, 40).show(sample.Story(24))
	d.clickOn("120 errors on checkout-api").sees("EVIDENCE").clickOn("62 throttles")
	if l := d.cursorLine(); !strings.Contains(l, "62 throttles") {
		t.Errorf("the cursor is on %q", l)
	}
	d.clickOn("FUNCTION").seesNot("EVIDENCE")
	d.keys(":", "type:group tag:team", "enter").sees("▿ media").clickOn("▿ media").clickOn("▿ media").sees("▹ media")
}

// TestHostileStory: tags, triggers and changes that try to break the screen.
func TestHostileStory(t *testing.T) {
	var list []*fleet.Function
	for i, fn := range sample.Functions(30) {
		c := *fn
		c.Tagged, c.Mapped = true, true
		c.Config.Tags = map[string]string{nasty(): nasty() + fmt.Sprint(i%4), "team": strings.Repeat(nasty(), i%5), "": "", "aws:cloudformation:stack-name": nasty()}
		for range 1 + i%3 {
			c.Triggers = append(c.Triggers, sources.Trigger{Kind: sources.TriggerKind(nasty()[i%9:]), Name: nasty(), Source: nasty()})
		}
		c.Changes = []sources.Change{
			{Function: c.ID, Time: sample.Now().Add(-time.Duration(i) * time.Minute), Kind: sources.ChangeKind(nasty()), What: nasty(), Who: nasty(), Operation: nasty()},
			{Function: c.ID, Time: sample.Now().Add(-20 * time.Minute), Kind: sources.ChangeCode, Version: nasty(), Alias: nasty(), Who: nasty(), Via: nasty()},
			{Function: c.ID, Time: sample.Now().Add(1 << 60), Kind: sources.ChangeCode},
			{Kind: sources.ChangeCode},
		}
		list = append(list, &c)
	}
	head := sample.Head(30)
	head.Places[1].Tags = fleet.Health{Err: errors.New(nasty())}
	d := open(t, 120, 40).show(fleet.Assemble(head, list, nil, nil))
	for _, step := range [][]string{nil, {"B"}, {"B"}, {"left"}, {"B"}, {"B"}, {"e"}, {"end"}, {"y"}, {"esc"}, {":", "type:group "}, {"esc", "/", "type:tag:x trigger:s"}, {"enter"}} {
		d.keys(step...)
		for _, s := range []size{{120, 40}, {20, 5}, {33, 11}, {80, 24}, {200, 60}} {
			d.send(resizeTo(s))
			checkFrame(t, d.frame(), s.width, s.height)
		}
		if strings.Contains(d.frame(), "pwned\x07") {
			t.Fatal("a title sequence came through")
		}
	}
}

func TestEverySizeOfTheStory(t *testing.T) {
	for name, walk := range storyViews() {
		d := open(t, 120, 40).show(sample.Story(60))
		walk(d)
		for width := 20; width < 240; width += 13 {
			for height := 5; height < 66; height += 3 {
				d.send(resizeTo(size{width, height}))
				t.Run(fmt.Sprintf("%s/%dx%d", name, width, height), func(t *testing.T) { checkFrame(t, d.frame(), width, height) })
			}
		}
	}
}

// TestAnEventLeadsToItsMoment: a change to the charts at its time, a spike of
// cold starts to the cold starts.
func TestAnEventLeadsToItsMoment(t *testing.T) {
	d := open(t, 120, 40).show(sample.Story(24)).keys("e").sees("EVIDENCE", "13:34", "13:35")
	for !strings.Contains(d.cursorLine(), "⚑ deploy v41") {
		d.keys("down")
	}
	d.keys("enter").sees("[Overview]", " 13:34 │ ⚑").keys("esc").sees("EVIDENCE", "▸ 13:34")
	d.keys("up").sees("▸ 13:35")
	d.keys("enter").sees("[Cold starts]", "13:35")
}

// TestATagIsToldFromAStack although both are called stack.
func TestATagIsToldFromAStack(t *testing.T) {
	list := sample.Functions(3)
	for i, f := range list {
		c := *f
		c.Tagged = true
		c.Config.Tags = map[string]string{"stack": fmt.Sprint("blue", i), "aws:cloudformation:stack-name": fmt.Sprint("shop", i)}
		list[i] = &c
	}
	d := open(t, 120, 30).show(fleet.Assemble(sample.Head(3), list, nil, nil))
	d.keys("B").sees("STACK / FUNCTION", "▿ shop0", "Grouped by stack (CloudFormation).")
	d.keys("B").sees("tag:stack / FUNCTION", "▿ blue0", "Grouped by tag:stack.").seesNot("STACK /")
}

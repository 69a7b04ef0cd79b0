package world

import "fmt"

// crowd makes up the i-th function of a large fleet: mostly quiet ones, a few
// busy, none with a story.
func crowd(s stories, i int) *spec {
	h := func(k uint64) uint64 { return hash3(s.seed^0xc204d, uint64(i), k) }
	teams := [...]string{"shop", "search", "media", "accounts", "partners", "platform", "finance", "risk", "data", "logistics", "support", "marketing"}
	things := [...]string{
		"order", "cart", "price", "stock", "invoice", "payment", "refund", "user", "session", "address", "parcel", "label",
		"picture", "video", "review", "rating", "mail", "ticket", "report", "ledger", "voucher", "supplier", "product", "event",
	}
	actions := [...]string{
		"create", "update", "sync", "export", "import", "validate", "notify", "archive", "index", "convert", "score", "audit",
		"cleanup", "dispatch", "enrich", "router", "stream", "worker", "api", "hook",
	}
	runtimes := [...]*runtime{&python313, &python313, &python312, &nodejs22, &nodejs22, &nodejs24, &java21, &goAL2023, &rustAL23, &dotnet8, &ruby34, &pythonImage}
	memories := [...]int{128, 128, 256, 256, 512, 512, 1024, 1024, 1769, 2048, 3008}
	rt := runtimes[pick(h(1), len(runtimes))]
	f := &spec{
		runtime: rt, image: rt.id == "", arm: h(2)&1 == 0, team: teams[pick(h(3), len(teams))],
		region:  [...]uint8{usEast, usEast, usEast, euWest, euWest, sydney}[pick(h(4), 6)],
		memory:  memories[pick(h(5), len(memories))],
		timeout: [...]int{3, 10, 15, 30, 30, 60}[pick(h(6), 6)],
		rhythm:  [...]rhythm{steady, shoppers, shoppers, workers, officeOn}[pick(h(7), 5)],
		median:  lognormal(h(8), 90, 1.1), sigma: span(h(9), 0.3, 0.7), tail: 0.01, tailBy: 4,
		faults:    faults{handler: 0.02 * unit(h(10)) * unit(h(11))},
		initExtra: lognormal(h(12), 260, 0.8),
		json:      h(13)%4 == 0, traced: h(14)%3 == 0, oldTraces: h(15)%4 == 0,
		versioned: h(16)%4 == 0,
	}
	f.name = fmt.Sprintf("%s-%s-%s-%05d", f.team, things[pick(h(17), len(things))], actions[pick(h(18), len(actions))], i)
	f.memory = max(f.memory, map[language]int{java: 512, dotnet: 512}[rt.language])
	f.memoryUse = int(float64(f.memory) * span(h(19), 0.3, 0.6))
	f.median = min(max(f.median, 1.5), float64(f.timeout)*200)
	f.description = "Part of " + f.team
	f.json = f.json || rt.language == rust // its text logs do not tell of errors
	crowdTraffic(f, h)
	f.sender = crowdSender(f, h)
	if f.traced {
		f.calls = []call{{"DynamoDB", "GetItem", f.team + "-items", 0.4}}
	}
	if h(23)%40 == 0 {
		f.faults.timeout = 0.004
	}
	f.deploys = s.deploys(f.name)
	return f
}

// crowdTraffic decides who calls a function, and how often.
func crowdTraffic(f *spec, h func(uint64) uint64) {
	switch kind := pick(h(20), 100); {
	case kind < 22: // by the clock
		f.origin, f.pattern = fromSchedule, clocked
		f.every = [...]int{5, 10, 15, 30, 60, 60, 240, 1440}[pick(h(21), 8)]
	case kind < 40: // nobody calls it
		f.rate = 0
	case kind < 85:
		f.rate = lognormal(h(21), 0.35, 1.3)
	case kind < 97:
		f.rate = lognormal(h(21), 4, 0.9)
	default:
		f.rate = min(lognormal(h(21), 25, 0.9), 200)
	}
	if f.rate > 0 {
		f.origin = [...]origin{fromAPI, fromAPI, fromAPI, fromEvent, fromQueue}[pick(h(22), 5)]
	}
	if f.rate > 20 {
		f.origin = fromAPI
		f.faults.timeout = 0
	}
}

// crowdSender decides who sends what the function's origin is of.
func crowdSender(f *spec, h func(uint64) uint64) sender {
	where := f.team + "-" + regionTable[f.region].name
	if f.rate == 0 && f.origin != fromSchedule {
		if h(24)%6 == 0 {
			return sender{via: viaQueue, name: f.name + "-queue", off: true}
		}
		return sender{}
	}
	switch f.origin {
	case fromSchedule:
		return sender{via: viaSchedule, name: f.name + "-schedule", failed: h(24)%4 == 0}
	case fromQueue:
		return sender{via: viaQueue, name: f.name + "-queue", most: int(h(24)%3) * 100}
	case fromStream:
		return sender{via: viaKinesis, name: f.name + "-stream", batch: 100}
	case fromEvent:
		return [...]sender{
			{via: viaBucket, name: f.name + "-inbox", path: f.team + "/", failed: h(25)%4 == 0},
			{via: viaTopic, name: f.name + "-events", failed: h(25)%4 == 0},
			{via: viaEvents, name: f.name + "-rule", path: `{"source":["` + f.team + `"]}`, failed: h(25)%4 == 0},
		}[pick(h(24), 3)]
	case fromAPI:
	}
	switch kind := pick(h(24), 8); kind {
	case 0:
		return sender{} // called by others, with a role of their own
	case 1:
		return sender{via: viaURL, public: h(25)%4 == 0}
	case 2, 3:
		return sender{via: viaREST, name: where, path: "POST/" + f.name}
	default:
		return sender{via: viaHTTP, name: where, path: "*/" + f.name}
	}
}

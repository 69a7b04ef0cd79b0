package world

// fleet gives the first n functions of the fleet of a seed.
func fleet(seed uint64, n int) []*spec {
	all := named(stories{seed})
	if n < len(all) {
		all = all[:n]
	}
	for i := len(all); i < n; i++ {
		all = append(all, crowd(stories{seed}, i))
	}
	return all
}

// named are the functions that everybody finds, the ones with a story first.
func named(s stories) []*spec {
	all := make([]*spec, 0, DefaultFunctions)
	all = append(all, storied(s)...)
	all = append(all, synchronous()...)
	all = append(all, asynchronous()...)
	all = append(all, extras(s)...)
	for _, f := range all {
		if f.bad.none() && f.creation.none() {
			f.deploys = s.deploys(f.name)
		}
	}
	return all
}

// storied are the functions that something happens to all the time.
func storied(s stories) []*spec {
	broken := s.every("broken", brokenEvery, 0)
	deploy := s.every("deploy", deployEvery, 0)
	return []*spec{
		{
			name: "checkout-api", runtime: &nodejs22, arm: true, memory: 1024, timeout: 10, team: "shop",
			description: "Takes orders from the web shop", sender: sender{via: viaREST, name: "shop", path: "POST/orders"},
			rhythm: shoppers, rate: 1500,
			traced: true, versioned: true, median: 32, sigma: 0.55, tail: 0.02, tailBy: 5, faults: faults{handler: 0.002},
			slow: s.every("slow", slowEvery, 0), slowFor: slowLength, slowBy: 900, slowFail: 0.04,
			calls: []call{
				{"DynamoDB", "GetItem", "carts", 0.16},
				{"DynamoDB", "PutItem", "orders", 0.22},
				{"api.payments.example.com", "", "https://api.payments.example.com/v2/charges", 0.45},
			},
			memoryUse: 96, initExtra: 470,
		},
		{
			name: "search-api", runtime: &nodejs22, memory: 512, timeout: 8, team: "search",
			description: "Full text search over the catalogue", sender: sender{via: viaREST, name: "shop", path: "GET/search"},
			rhythm: shoppers, rate: 420,
			traced: true, median: 85, sigma: 0.45, tail: 0.01, tailBy: 4, faults: faults{handler: 0.004},
			calls: []call{{"search.internal.example.com", "", "https://search.internal.example.com/_search", 0.8}},
			bad:   deploy, fixes: deploy.after(deployFixed), badCode: slowInit,
			memoryUse: 110, initExtra: 420,
		},
		{
			name: "flash-sale", runtime: &nodejs24, arm: true, memory: 768, timeout: 15, team: "shop",
			description: "Prices and stock during promotions", sender: sender{via: viaREST, name: "shop", path: "GET/promotions/*"},
			rhythm: shoppers, rate: 18,
			surge:  surge{s.every("burst", burstEvery, 0), burstLength, 1000},
			traced: true, median: 260, sigma: 0.4, tail: 0.02, tailBy: 3, faults: faults{handler: 0.003},
			calls:     []call{{"DynamoDB", "Query", "promotions", 0.3}, {"DynamoDB", "UpdateItem", "stock", 0.4}},
			memoryUse: 102, initExtra: 720,
		},
		{
			name: "image-resize", runtime: &python313, memory: 2048, ephemeral: 1024, timeout: 30, team: "media",
			description: "Makes thumbnails of uploaded pictures", sender: sender{via: viaBucket, name: "uploads-prod", path: "media/", failed: true},
			origin: fromEvent, rhythm: shoppers, rate: 36,
			surge:  surge{s.every("storm", stormEvery, 0), stormLength, 1400},
			traced: true, oldTraces: true, median: 380, sigma: 0.5, tail: 0.03, tailBy: 4, faults: faults{handler: 0.012},
			calls: []call{
				{"S3", "GetObject", "uploads-prod", 0.22},
				{"S3", "PutObject", "thumbnails-prod", 0.2},
				{"SQS", "SendMessage", "https://sqs.us-east-1.amazonaws.com/123456789012/thumbnails", 0.06},
			},
			memoryUse: 240, initExtra: 1080,
		},
		{
			name: "thumbnail-index", runtime: &python313, arm: true, memory: 512, timeout: 30, team: "media", json: true,
			description: "Records new thumbnails in the catalogue", sender: sender{via: viaQueue, name: "thumbnails", most: 50},
			origin: fromQueue, pattern: queued,
			upstream: "image-resize", batch: 10, window: 1000, rate: 90,
			traced: true, median: 70, sigma: 0.4, tail: 0.01, tailBy: 4, faults: faults{handler: 0.002},
			calls:     []call{{"DynamoDB", "BatchWriteItem", "thumbnails", 0.7}},
			memoryUse: 84, initExtra: 330,
		},
		{
			name: "profile-cache", runtime: &nodejs22, memory: 256, timeout: 6, team: "accounts",
			description: "Customer profiles, cached in memory", sender: sender{via: viaHTTP, name: "accounts", path: "*/profiles/{id}"},
			rhythm: steady, rate: 78,
			median: 24, sigma: 0.5, faults: faults{handler: 0.001},
			leak: 0.24, memoryUse: 92, initExtra: 380,
		},
		{
			name: "partner-webhook", runtime: &dotnet8, memory: 1024, timeout: 20, team: "partners",
			description: "Receives partner notifications", sender: sender{via: viaREST, name: "partners", path: "POST/events"},
			rhythm: workers, rate: 40, reserved: 5,
			surge:  surge{s.every("throttle", throttleEvery, 0.05), throttleLength, 420},
			traced: true, median: 900, sigma: 0.35, tail: 0.02, tailBy: 3, faults: faults{handler: 0.006},
			calls:     []call{{"DynamoDB", "PutItem", "partner-events", 0.2}, {"erp.example.com", "", "https://erp.example.com/api/events", 0.6}},
			memoryUse: 150, initExtra: 520,
		},
		{
			name: "feature-flags", region: euWest, runtime: &nodejs24, arm: true, memory: 256, memoryAlt: 512, timeout: 3, team: "platform",
			description: "Feature flags for web and apps", sender: sender{via: viaURL, public: true},
			rhythm: shoppers, rate: 520, json: true,
			median: 5.5, sigma: 0.5, tail: 0.01, tailBy: 8, faults: faults{handler: 0.0005},
			configs: s.every("config", configEvery, 0.1), memoryUse: 78, initExtra: 190,
		},
		{
			name: "coupon-validate", region: euWest, runtime: &python312, memory: 256, timeout: 5, team: "shop",
			description: "Checks coupon codes", sender: sender{via: viaHTTP, name: "coupons", path: "*/coupons/validate"},
			rhythm: shoppers, rate: 30,
			median: 18, sigma: 0.5, faults: faults{handler: 0.02},
			bad: broken, fixes: broken.after(brokenFixed), badCode: brokenInit,
			memoryUse: 60, initExtra: 160,
		},
		office("report-export-us", usEast),
		office("report-export-eu", euWest),
		office("report-export-ap", sydney),
	}
}

// office is a function that sleeps at night. There is one for each region, so
// that at any time somewhere it is night.
func office(name string, where uint8) *spec {
	return &spec{
		name: name, region: where, runtime: &dotnet8, arm: true, memory: 1536, timeout: 60, team: "finance",
		description: "Exports reports for the branch office", sender: sender{via: viaREST, name: "branch-office", path: "POST/reports"},
		rhythm: officeOn, rate: 5,
		traced: where == euWest, median: 1400, sigma: 0.6, tail: 0.03, tailBy: 3, faults: faults{handler: 0.01},
		calls:     []call{{"S3", "PutObject", "branch-reports", 0.25}},
		memoryUse: 210, initExtra: 640,
	}
}

package world

// synchronous are functions behind APIs, queues and streams.
func synchronous() []*spec {
	return []*spec{
		{
			name: "pricing-engine", runtime: &goAL2023, arm: true, memory: 256, timeout: 3, team: "shop", json: true,
			description: "Prices a cart", sender: sender{via: viaALB, name: "pricing"},
			rhythm: shoppers, rate: 1050, versioned: true,
			median: 3.2, sigma: 0.45, tail: 0.005, tailBy: 10, faults: faults{handler: 0.0004},
			memoryUse: 34, initExtra: 38,
		},
		{
			name: "session-auth", runtime: &rustAL23, arm: true, memory: 128, timeout: 2, team: "accounts",
			description: "Authorizer of the public API", sender: sender{via: viaAuth, name: "shop"},
			rhythm: shoppers, rate: 850, json: true, group: "/prod/accounts/session-auth",
			median: 2.1, sigma: 0.4, faults: faults{handler: 0.006}, memoryUse: 22, initExtra: 12,
		},
		{
			name: "orders-consumer", runtime: &java21, memory: 1769, timeout: 30, team: "shop", snapStart: true,
			description: "Books orders from the queue", sender: sender{via: viaQueue, name: "orders", most: 100},
			origin: fromQueue, rhythm: shoppers, rate: 190,
			traced: true, median: 88, sigma: 0.35, tail: 0.01, tailBy: 3, faults: faults{handler: 0.001},
			calls:     []call{{"DynamoDB", "TransactWriteItems", "orders", 0.6}},
			memoryUse: 320, initExtra: 2600,
		},
		{
			name: "fraud-score", image: true, runtime: &pythonImage, memory: 3008, timeout: 15, team: "risk",
			description: "Scores payments with a model", rhythm: shoppers, rate: 95, provisioned: 3, versioned: true,
			traced: true, median: 640, sigma: 0.35, tail: 0.01, tailBy: 2, faults: faults{handler: 0.002},
			calls:     []call{{"S3", "GetObject", "risk-models", 0.1}},
			memoryUse: 1120, initExtra: 3100,
		},
		{
			name: "clickstream-ingest", runtime: &rustAL23, arm: true, memory: 512, timeout: 60, team: "data", json: true,
			description: "Stores clicks from the stream", sender: sender{via: viaKinesis, name: "clicks", batch: 500, failed: true},
			origin: fromStream, pattern: paced, rhythm: shoppers, rate: 240,
			median: 46, sigma: 0.3, faults: faults{handler: 0.0005}, memoryUse: 48, initExtra: 22,
		},
		{
			name: "inventory-sync", region: euWest, runtime: &python313, arm: true, memory: 512, timeout: 60, team: "logistics",
			description: "Follows the stock table", sender: sender{via: viaTable, name: "stock", batch: 100},
			origin: fromStream, pattern: paced, rhythm: workers, rate: 60,
			traced: true, median: 120, sigma: 0.45, faults: faults{handler: 0.004},
			calls:     []call{{"DynamoDB", "BatchGetItem", "stock", 0.4}, {"SNS", "Publish", "stock-changes", 0.15}},
			extension: "datadog-agent", memoryUse: 130, initExtra: 560,
		},
		{
			name: "recommendations", region: euWest, runtime: &python313, memory: 1024, timeout: 10, team: "search", snapStart: true, json: true,
			description: "Products that go together", sender: sender{via: viaHTTP, name: "search", path: "*/recommendations/{product}"},
			rhythm: shoppers, rate: 140,
			traced: true, median: 58, sigma: 0.5, tail: 0.01, tailBy: 4, faults: faults{handler: 0.003},
			calls:     []call{{"DynamoDB", "Query", "similar-products", 0.7}},
			memoryUse: 310, initExtra: 1500,
		},
	}
}

// asynchronous are functions that events and the clock invoke.
func asynchronous() []*spec {
	return []*spec{
		{
			name: "newsletter-send", runtime: &ruby34, memory: 512, timeout: 30, team: "marketing",
			description: "Sends one mail of a campaign", sender: sender{via: viaTopic, name: "campaign-mails"},
			origin: fromEvent, rhythm: workers, rate: 22,
			median: 310, sigma: 0.5, faults: faults{handler: 0.03}, memoryUse: 96, initExtra: 410,
		},
		{
			name: "email-parser", region: euWest, runtime: &python312, memory: 512, timeout: 12, team: "support",
			description: "Reads mail to the help desk", sender: sender{via: viaBucket, name: "helpdesk-mail", path: "support/"},
			origin: fromEvent, rhythm: workers, rate: 12,
			traced: true, median: 700, sigma: 0.8, faults: faults{handler: 0.02, timeout: 0.006},
			calls:     []call{{"S3", "GetObject", "helpdesk-mail", 0.3}, {"DynamoDB", "PutItem", "tickets", 0.2}},
			memoryUse: 120, initExtra: 480,
		},
		{
			name: "legacy-sync", runtime: &nodejs22, memory: 384, timeout: 20, team: "logistics",
			description: "Talks to the old warehouse system", rhythm: workers, rate: 14,
			median: 450, sigma: 0.6, faults: faults{handler: 0.01, exit: 0.006, timeout: 0.002}, memoryUse: 120, initExtra: 520,
		},
		{
			name: "heartbeat", runtime: &goAL2023, arm: true, memory: 128, timeout: 10, team: "platform", json: true, debug: true,
			description: "Checks the public endpoints", sender: sender{via: viaSchedule, name: "heartbeat-every-minute"},
			origin: fromSchedule, pattern: clocked, every: 1,
			median: 240, sigma: 0.3, faults: faults{handler: 0.004}, memoryUse: 30, initExtra: 20,
		},
		{
			name: "stock-report", region: euWest, runtime: &python313, arm: true, memory: 1024, timeout: 300, team: "logistics",
			description: "Adds up the stock", sender: sender{via: viaSchedule, name: "stock-report-quarter-hourly"},
			origin: fromSchedule, pattern: clocked, every: 15,
			traced: true, median: 42_000, sigma: 0.25, faults: faults{handler: 0.01},
			calls:     []call{{"DynamoDB", "Scan", "stock", 0.7}, {"S3", "PutObject", "branch-reports", 0.05}},
			memoryUse: 420, initExtra: 900,
		},
	}
}

// extras fill up the default fleet.
func extras(s stories) []*spec {
	return []*spec{
		{
			name: "invoice-pdf", image: true, runtime: &pythonImage, memory: 2048, ephemeral: 2048, timeout: 60, team: "finance",
			description: "Prints invoices", sender: sender{via: viaEvents, name: "order-paid", path: `{"source":["shop.orders"],"detail-type":["OrderPaid"]}`, failed: true},
			origin: fromEvent, rhythm: workers, rate: 9, group: "/prod/finance/documents",
			median: 3800, sigma: 0.5, faults: faults{handler: 0.01, timeout: 0.003}, memoryUse: 560, initExtra: 2400,
		},
		{
			name: "invoice-archive", runtime: &java21, memory: 1024, timeout: 60, team: "finance",
			description: "Files printed invoices", sender: sender{via: viaQueue, name: "printed-invoices"},
			origin: fromQueue, rhythm: workers, rate: 8, group: "/prod/finance/documents",
			median: 240, sigma: 0.4, faults: faults{handler: 0.004}, memoryUse: 230, initExtra: 1900,
		},
		{
			name: "chat-bot", region: sydney, runtime: &java21, memory: 2048, timeout: 29, team: "support",
			description: "Answers customers", sender: sender{via: viaURL, stream: true},
			rhythm: shoppers, rate: 20, extension: "lambda-adapter",
			traced: true, oldTraces: true, median: 1600, sigma: 0.6, faults: faults{handler: 0.01},
			calls:     []call{{"Bedrock Runtime", "InvokeModel", "small-chat", 0.85}},
			memoryUse: 410, initExtra: 3300,
		},
		{
			name: "load-test-runner", runtime: &goImage, image: true, arm: true, memory: 512, timeout: 120, team: "platform",
			description: "Re-created by CI for each run", rhythm: steady, rate: 5, creation: s.every("create", createEvery, 0.3),
			median: 900, sigma: 0.7, faults: faults{handler: 0.02}, memoryUse: 60, initExtra: 60,
		},
	}
}

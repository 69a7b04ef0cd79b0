package world

// language is the family of a runtime: it decides how log lines look.
type language uint8

const (
	python language = iota
	node
	java
	golang
	rust
	dotnet
	ruby
)

// runtime is a Lambda runtime with the published mean init of an empty
// function ("Continuous Lambda Cold Starts Benchmark", maxday, data of
// 2026-08-22: zip, 1024 MB). What a function's code and packages add comes on
// top.
type runtime struct {
	id       string // as the catalogue spells it; empty for container images
	label    string // as INIT_START spells it; empty for container images
	language language
	x86, arm float64 // ms
}

var (
	python313 = runtime{"python3.13", "python:3.13.v31", python, 84, 85}           //nolint:gochecknoglobals // constant table
	python312 = runtime{"python3.12", "python:3.12.mainlinev2.v7", python, 81, 82} //nolint:gochecknoglobals // constant table
	nodejs22  = runtime{"nodejs22.x", "nodejs:22.v60", node, 140, 127}             //nolint:gochecknoglobals // constant table
	nodejs24  = runtime{"nodejs24.x", "nodejs:24.v12", node, 136, 124}             //nolint:gochecknoglobals // constant table
	java21    = runtime{"java21", "java:21.v20", java, 235, 246}                   //nolint:gochecknoglobals // constant table
	goAL2023  = runtime{"provided.al2023", "provided:al2023.v109", golang, 50, 44} //nolint:gochecknoglobals // constant table
	rustAL23  = runtime{"provided.al2023", "provided:al2023.v109", rust, 15, 14}   //nolint:gochecknoglobals // constant table
	dotnet8   = runtime{"dotnet8", "dotnet:8.v38", dotnet, 238, 299}               //nolint:gochecknoglobals // constant table
	ruby34    = runtime{"ruby3.4", "ruby:3.4.v9", ruby, 224, 264}                  //nolint:gochecknoglobals // constant table
	// Container images: Go as published, Python estimated from it.
	pythonImage = runtime{"", "", python, 140, 130} //nolint:gochecknoglobals // constant table
	goImage     = runtime{"", "", golang, 55, 48}   //nolint:gochecknoglobals // constant table
)

// origin is what invokes a function.
type origin uint8

const (
	fromAPI      origin = iota // a request that waits for the answer
	fromEvent                  // an asynchronous event: S3, SNS, EventBridge
	fromSchedule               // an asynchronous event by the clock
	fromQueue                  // batches of an SQS queue
	fromStream                 // batches of a Kinesis or DynamoDB stream
)

// async tells whether Lambda itself queues the event and tries again.
func (o origin) async() bool { return o == fromEvent || o == fromSchedule }

// pattern is how arrivals lie within a minute.
type pattern uint8

const (
	random  pattern = iota // independent of each other: a Poisson process
	paced                  // polled at an even pace
	clocked                // at fixed minutes
	queued                 // made by another function's messages
)

// surge is traffic on top of the usual that comes again and again.
type surge struct {
	when   track
	length int64   // ms
	rate   float64 // extra invocations per minute while it lasts
}

// badCode is what is wrong with a version between a bad deploy and its fix.
type badCode uint8

const (
	slowInit   badCode = iota + 1 // the init takes twice as long
	brokenInit                    // the init fails: a module is missing
)

// call is a call to another service, as traces show it.
type call struct {
	service   string  // name of the subsegment: "DynamoDB", "S3", a host name
	operation string  // "GetItem"; empty for HTTP
	resource  string  // table, bucket, queue or URL
	share     float64 // of the invocation's duration
}

// remote tells that the call is plain HTTP and not an AWS service.
func (c call) remote() bool { return c.operation == "" }

// spec is what one function is and does. The zero value of a field means that
// the function does not have that trait.
type spec struct {
	name        string
	region      uint8 // index into regionTable
	runtime     *runtime
	image       bool
	arm         bool
	memory      int // MB
	memoryAlt   int // MB after every other configuration change
	ephemeral   int // MB; 0 is 512
	timeout     int // s
	team        string
	description string

	origin   origin
	sender   sender // who sends what the origin is of; empty for direct calls
	pattern  pattern
	rhythm   rhythm
	rate     float64 // invocations per minute on average
	every    int     // minutes, of clocked arrivals
	fan      int     // invocations per clock tick; 0 is 1
	surge    surge
	upstream string // whose messages queued arrivals take
	batch    int    // messages per invocation
	window   int64  // ms that messages are gathered

	json      bool
	debug     bool   // SystemLogLevel DEBUG
	group     string // log group; empty is the default
	extension string

	traced    bool
	oldTraces bool // Invocation and Initialization subsegments
	calls     []call

	snapStart   bool
	versioned   bool // runs published versions
	provisioned int
	reserved    int // reserved concurrency; 0 is none

	median float64 // ms of the handler
	sigma  float64
	tail   float64 // share of invocations that take tailBy times as long
	tailBy float64
	faults faults

	slow     track   // episodes in which the last call turns slow
	slowFor  int64   // ms, whole minutes
	slowBy   float64 // ms it takes longer, median
	slowFail float64 // share of invocations that then fail

	leak      float64 // MB that each invocation leaves behind
	memoryUse int     // MB in use after the init
	initExtra float64 // ms that code and packages add to the init

	deploys  track // new code
	bad      track // new code that is bad
	fixes    track // … and its repair
	badCode  badCode
	configs  track // configuration changes
	creation track // deleted and created again
}

// faults are the shares of invocations that end badly.
type faults struct {
	handler float64 // the handler raises an error
	timeout float64
	exit    float64
}

// plain tells that no invocation of the function changes the next: nothing
// resets an environment, nothing is throttled. Then counts and durations
// follow from the arrivals alone.
func (s *spec) plain() bool {
	return s.faults.timeout == 0 && s.faults.exit == 0 && s.leak == 0 && s.reserved == 0 && s.badCode != brokenInit
}

// region is where functions live, with what they share there.
type region struct {
	name string
	zone int64 // minutes that local time is ahead of UTC, without summer time
}

var regionTable = [...]region{ //nolint:gochecknoglobals // constant table
	{"us-east-1", -5 * 60},
	{"eu-west-1", 0},
	{"ap-southeast-2", 10 * 60},
}

const (
	usEast uint8 = iota
	euWest
	sydney
)

package logtext_test

import (
	"fmt"
	"strings"
	"testing"

	"fntop/ui/logtext"
	"fntop/ui/widget/logview"
)

// traces are stack traces as the runtimes of the languages print them, with a
// line before and one behind that are not part of them.
func traces() map[string]string {
	return map[string]string{
		"python": `Traceback (most recent call last):
  File "/var/task/app.py", line 14, in handler
    img = load(key)
  File "/var/task/images.py", line 71, in load
    return Image.open(path)
ValueError: cannot identify image file`,
		"python, one from another": `Traceback (most recent call last):
  File "/var/task/app.py", line 3, in handler
    table[key]
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/var/task/app.py", line 5, in handler
    raise Gone(key)
Gone: x`,
		"java": `java.lang.IllegalStateException: no stock
	at com.example.Orders.reserve(Orders.java:71)
	at com.example.Handler.handleRequest(Handler.java:22)
Caused by: java.net.SocketTimeoutException: Read timed out
	at java.base/java.net.SocketInputStream.read(Unknown Source)
	... 12 more`,
		"node": `TypeError: Cannot read properties of undefined (reading 'id')
    at handler (/var/task/index.js:14:22)
    at processTicksAndRejections (node:internal/process/task_queues:95:5) {
  code: 'E_ID',
  details: [ 1, 2 ]
}`,
		"dotnet": `System.InvalidOperationException: Sequence contains no elements
 ---> System.IO.IOException: broken pipe
   at Shop.Stock.Find(String id) in /src/Stock.cs:line 31
--- End of stack trace from previous location ---
   at Shop.Function.Handler(Request r) in /src/Function.cs:line 12`,
		"go": `panic: runtime error: index out of range [3] with length 3 [recovered]

goroutine 1 [running]:
main.handler({0xc000012345, 0x10})
	/src/main.go:21 +0x1d
github.com/aws/aws-lambda-go/lambda.(*Function).Invoke(0xc0000a2000)
	/go/pkg/mod/github.com/aws/aws-lambda-go/lambda/function.go:65 +0x2c5
created by net/rpc.(*Server).ServeCodec in goroutine 1
	/usr/local/go/src/net/rpc/server.go:463 +0x14a`,
		"ruby": `/var/task/app.rb:12:in 'reserve': no stock (RuntimeError)
	from /var/task/app.rb:4:in 'handler'
	from /var/runtime/lib/lambda_handler.rb:28:in 'call_handler'`,
	}
}

// TestTracesAreOneEntry: whether a trace is one event, one event with carriage
// returns, or an event for each line, it is shown as one line.
func TestTracesAreOneEntry(t *testing.T) {
	for name, trace := range traces() {
		lines := strings.Split(trace, "\n")
		for how, messages := range map[string][]string{
			"one event":          {trace + "\n"},
			"carriage returns":   {strings.ReplaceAll(trace, "\n", "\r")},
			"an event each line": lines,
			"with line ends":     strings.SplitAfter(trace, "\n"),
		} {
			t.Run(name+", "+how, func(t *testing.T) {
				list := events(append(append([]string{"before it"}, messages...), "behind it")...)
				groups := logtext.Groups(list)
				if len(groups) != 3 {
					t.Fatalf("%d entries: %v", len(groups), groups)
				}
				e := logtext.Entry(list[groups[1].From:groups[1].To], "")
				if e.Hidden != len(lines)-1 || e.Level != logview.Error || strings.ContainsAny(e.Text, "\r\n") {
					t.Errorf("folded: %q, %d lines hidden of %d, level %d", e.Text, e.Hidden, len(lines), e.Level)
				}
				if got := e.Full(); got != trace {
					t.Errorf("opened:\n%s\nwant:\n%s", got, trace)
				}
				raw := logtext.Raw(list[groups[1].From:groups[1].To])
				if how != "carriage returns" && raw != trace {
					t.Errorf("copied:\n%s", raw)
				}
			})
		}
	}
}

func TestTraceSaysItsException(t *testing.T) {
	if got := of(strings.Split(traces()["python"], "\n")...).Text; got != "Traceback: ValueError: cannot identify image file" {
		t.Errorf("a traceback is folded to %q", got)
	}
	e := of("[ERROR] ValueError: bad\rTraceback (most recent call last):\r  File \"x\", line 1, in f\r    y()")
	if e.Text != "ValueError: bad" || e.Hidden != 3 {
		t.Errorf("the runtime's own error is folded to %q, %d hidden", e.Text, e.Hidden)
	}
}

// TestNoTrace: lines that only look like parts of a trace stay their own.
func TestNoTrace(t *testing.T) {
	for _, messages := range [][]string{
		{"one", "two", "three"},
		{"indented below", "  an item", "  another"},
		{"at the beginning", "at last it is done"},
		{"from here", "from there"},
		{"START RequestId: x Version: 1", "\tat com.example.A.b(A.java:1)"},
		{`{"message":"x"}`, `{"message":"y"}`},
		{"call main.run(x)", "main.run(x)"},
		{"Traceback (most recent call last):", "  File \"x\"", "E: x", "done", "  still"},
	} {
		groups := logtext.Groups(events(messages...))
		want := len(messages)
		switch messages[0] {
		case "Traceback (most recent call last):":
			want = 3
		case "START RequestId: x Version: 1": // nothing but the platform's line before: it stands alone
			want = 2
		}
		if len(groups) != want {
			t.Errorf("%q: %v, want %d entries", messages, groups, want)
		}
	}
}

func BenchmarkGroups(b *testing.B) {
	var messages []string
	for i := range 10_000 {
		messages = append(messages, fmt.Sprintf("[INFO]\t2026-11-23T09:00:01.120Z\t%s\tline %d of many", request, i))
	}
	list := events(messages...)
	b.ReportAllocs()
	for b.Loop() {
		_ = logtext.Groups(list)
	}
}

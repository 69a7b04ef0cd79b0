package sample

import (
	"fmt"
	"strings"
	"time"

	"fntop/sources"
	"fntop/sources/fleet"
)

// Tailed are the functions of the samples whose logs are followed.
func Tailed() []sources.FunctionID {
	us := sources.Scope{Cloud: sources.AWS, Account: Account, Region: Regions()[0]}
	return []sources.FunctionID{Focused(), us.In("checkout-api"), us.In("orders-consumer")}
}

// Journal is n lines of the functions that are followed, the newest two
// seconds before Now, of which the first are numbered from.
func Journal(from, n int) *fleet.Journal {
	ids := Tailed()
	functions := make(map[sources.FunctionID]fleet.Tailed)
	for _, id := range ids {
		functions[id] = fleet.Tailed{Health: fleet.Health{Good: Now().Add(-time.Second)}, From: Now().Add(-5 * time.Minute), Through: Now().Add(-time.Second)}
	}
	return fleet.NewJournal(JournalLines(from, n), uint64(from), uint64(from+n), functions) //nolint:gosec // small and positive
}

// JournalLines are n lines, the first of which has the number from.
func JournalLines(from, n int) []fleet.Line {
	lines := make([]fleet.Line, n)
	for i := range lines {
		lines[i] = journalLine(from+i, Now().Add(-2*time.Second-time.Duration(n-1-i)*170*time.Millisecond))
	}
	return lines
}

func journalLine(seq int, at time.Time) fleet.Line {
	ids := Tailed()
	id := ids[[]int{0, 1, 1, 2, 1, 0, 1}[seq%7]]
	run := seq / 14
	request := requestID(run)
	stamp := at.Format("2006-01-02T15:04:05.000Z")
	var message string
	switch id.Name {
	case "image-resize":
		message = map[int]string{
			0:  "START RequestId: " + request + " Version: $LATEST\n",
			5:  "[INFO]\t" + stamp + "\t" + request + "\tresize bucket=uploads key=cats/" + fmt.Sprint(seq) + ".jpg size=1024x768\n",
			7:  "[WARNING]\t" + stamp + "\t" + request + "\tEXIF orientation missing, assuming 1\n",
			12: "REPORT RequestId: " + request + "\tDuration: 410.20 ms\tBilled Duration: 411 ms\tMemory Size: 2048 MB\tMax Memory Used: 611 MB\t\n",
		}[seq%14]
		if seq%42 == 21 {
			message = "[ERROR] UnidentifiedImageError: cannot identify image file '/tmp/1.jpg'\nTraceback (most recent call last):\n" +
				"  File \"/var/task/app.py\", line 14, in handler\n    img = load(key)\n  File \"/var/task/images.py\", line 71, in load\n    return Image.open(path)\n"
		}
	case "checkout-api":
		level := "INFO"
		if seq%29 == 1 {
			level = "ERROR"
		}
		message = fmt.Sprintf(`{"timestamp":"%s","level":"%s","requestId":"%s","message":"%s","order":%d,"customer":{"tier":"gold","country":"NZ"}}`,
			stamp, level, request, map[string]string{"INFO": "order placed", "ERROR": "payment provider timeout"}[level], 41000+seq)
	default:
		message = "polled batch of 10 messages from orders, oldest 2.1 s, " + strings.Repeat("partition ", seq%9) + "done"
	}
	return fleet.Line{Seq: uint64(seq), Function: id, LogEvent: sources.LogEvent{ //nolint:gosec // small and positive
		ID: fmt.Sprint(seq), Time: at, Ingested: at.Add(600 * time.Millisecond), Message: message,
		Stream: fmt.Sprintf("2026/11/23/[$LATEST]%032x", 0xdef0+run%5),
	}}
}

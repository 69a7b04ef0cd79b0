// Package logfile reads saved logs of Lambda functions and makes log events
// and invocations out of them, in one pass and in bounded memory however long
// the log is. The format is found out from the first bytes:
//
//   - raw lines, as a console or a pipe shows them, with or without times;
//   - the output of "aws logs tail" in its formats detailed, short, json and
//     none (aws-cli, customizations/logs/tail.py, read November 2026), coloured
//     or not;
//   - the files of a CloudWatch Logs export to S3: a time, a space and the
//     message (CloudWatch Logs User Guide, "Exporting log data to Amazon S3");
//   - the JSON of "aws logs filter-log-events" and "get-log-events", pages
//     one after the other; of a subscription (Firehose to S3); and of Logs
//     Insights results;
//   - one JSON object per line for each event;
//   - each of them compressed by gzip, in UTF-8 with or without a mark, with
//     either kind of line end.
//
// A raw log has one line per line, and a log event may have several: stack
// traces and the trace line of a report are put together again.
//
// Nothing is left out in silence: [Stats] counts what was read as what.
//
// # Decisions
//
//   - 2026-11: a pipe says the same as a file with the same bytes. Both are read
//     by the same rules, with patience for lines that come late; a live log is
//     handed over when nothing more comes for a tenth of a second, and only
//     then. It is read in a goroutine of its own, which may be left in a read
//     that the system cannot interrupt: standard input mostly is such.
//   - 2026-11: a format that was guessed from lines of the application gives way
//     to the first line of the platform in another one. Names of JSON members
//     alone make no log event: applications use the same.
//   - 2026-11: of an input that breaks off, a line without an end is not read:
//     half a REPORT looks like a whole one.
//   - 2026-11: percentiles of [Summary] are exact up to some ten thousand
//     samples and then come from an HDR histogram, which is off by a thousandth
//     at most. A DDSketch would do as well; its Go library links the whole of
//     protocol buffers.
package logfile

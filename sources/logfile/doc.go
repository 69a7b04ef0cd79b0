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
//   - 2026-11: percentiles of [Summary] are exact up to some ten thousand
//     samples and then come from an HDR histogram, which is off by a thousandth
//     at most. A DDSketch would do as well; its Go library links the whole of
//     protocol buffers.
package logfile

package world

// mishap is an error that a handler raises.
type mishap struct {
	kind    string
	message string
}

// fullName is how .NET prints an exception of this type; its error type is
// the short name.
func (m mishap) fullName() string {
	if m.kind == "HttpRequestException" {
		return "System.Net.Http." + m.kind
	}
	return "System." + m.kind
}

// mishap is what went wrong in the invocation.
func (v invocation) mishap() mishap {
	if v.r.mode == slowed && v.shared(0x3a)%8 != 0 {
		return slowMishap(v.f.runtime.language)
	}
	if v.f.team == "media" {
		return mishap{"ValueError", "cannot identify image file"}
	}
	all := mishaps(v.f.runtime.language)
	return all[pick(v.shared(0x3b), len(all))]
}

func mishaps(l language) []mishap {
	switch l {
	case python:
		return []mishap{
			{"ValueError", "unknown currency 'XXX'"},
			{"KeyError", "'customer_id'"},
			{"ClientError", "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: The conditional request failed"},
			{"JSONDecodeError", "Expecting value: line 1 column 1 (char 0)"},
		}
	case node:
		return []mishap{
			{"TypeError", "Cannot read properties of undefined (reading 'items')"},
			{"Error", "stock changed while the cart was open"},
			{"ConditionalCheckFailedException", "The conditional request failed"},
			{"SyntaxError", "Unexpected token '<', \"<html>\" is not valid JSON"},
		}
	case java:
		return []mishap{
			{"java.lang.IllegalStateException", "order is already booked"},
			{"java.lang.NullPointerException", "Cannot invoke \"String.length()\" because \"sku\" is null"},
		}
	case golang:
		return []mishap{{"errorString", "price list is older than a day"}, {"OpError", "dial tcp 10.2.7.31:443: connect: connection refused"}}
	case rust:
		return []mishap{{"Error", "token has expired"}, {"Error", "unknown issuer"}}
	case dotnet:
		return []mishap{
			{"InvalidOperationException", "Sequence contains no elements"},
			{"HttpRequestException", "Response status code does not indicate success: 502 (Bad Gateway)."},
		}
	case ruby:
		return []mishap{{"Function<ArgumentError>", "missing keyword: :recipient"}, {"Function<Net::SMTPServerBusy>", "450 4.2.1 mailbox busy"}}
	}
	return []mishap{{"Error", "unknown"}}
}

// slowMishap is what a handler raises when a downstream did not answer.
func slowMishap(l language) mishap {
	switch l {
	case python:
		return mishap{"ReadTimeout", "HTTPSConnectionPool: Read timed out. (read timeout=2)"}
	case java:
		return mishap{"java.net.http.HttpTimeoutException", "request timed out"}
	case dotnet:
		return mishap{"TimeoutException", "The operation has timed out."}
	default:
		return mishap{"TimeoutError", "The operation was aborted due to timeout"}
	}
}

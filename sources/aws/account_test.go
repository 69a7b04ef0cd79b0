package aws

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"fntop/sources"
)

func aliases(names ...string) handler {
	return func(w http.ResponseWriter, _ map[string]any) {
		w.Header().Set("Content-Type", "text/xml")
		members := ""
		for _, name := range names {
			members += "<member>" + name + "</member>"
		}
		fmt.Fprintf(w, `<ListAccountAliasesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListAccountAliasesResult>
<IsTruncated>false</IsTruncated><AccountAliases>%s</AccountAliases></ListAccountAliasesResult>
<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ListAccountAliasesResponse>`, members)
	}
}

func TestAccountName(t *testing.T) {
	for want, answer := range map[string]handler{
		"acme-prod": aliases("acme-prod"),
		"":          aliases(),
	} {
		s, _, m := sourceOf(t, map[string]handler{opListAccountAliases: answer})
		got, err := s.AccountName(t.Context())
		if err != nil || got != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
		if op := opOf(m, opListAccountAliases); op.Calls != 1 || op.Errors != 0 {
			t.Errorf("%+v", op)
		}
	}
}

func TestAccountNameIsCleaned(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{opListAccountAliases: aliases("a&#x85;b\nc&#x9b;2J" + strings.Repeat("x", 1000))})
	got, err := s.AccountName(t.Context())
	if err != nil || strings.ContainsAny(got, "\n\u0085\u009b") || len(got) > maxCause+len("…") || !strings.HasPrefix(got, "a") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAccountNameDenied(t *testing.T) {
	s, _, _ := sourceOf(t, map[string]handler{
		opListAccountAliases: refuse(opListAccountAliases, 403, "AccessDenied", "User is not authorized to perform: iam:ListAccountAliases"),
	})
	_, err := s.AccountName(t.Context())
	wantError(t, err, sources.Denied, opListAccountAliases, "on "+testAccount, "iam-policy")
}

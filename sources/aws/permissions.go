package aws

import (
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strings"

	"fntop/sources"
)

// maxPolicy is the longest policy that is read, in bytes, and maxPermissions
// the most that is taken out of one. Lambda's own bound is 20 KB (Lambda
// Developer Guide, "Lambda quotas").
const (
	maxPolicy      = 1 << 20
	maxPermissions = 500
)

// permission is one caller that a policy lets invoke.
type permission struct {
	sid       string
	service   string // the principal that is a service, such as "s3.amazonaws.com"
	principal string // or any other: an account, a role, or "*" for everybody
	source    string // what it must come from; "" where that is not said
	account   string // and whose that must be
	org       string // the organisation the caller must be of
	open      bool   // there is no condition
}

// The policy document, in which most can be one value or a list (IAM User
// Guide, "Grammar of the IAM JSON policy language").
type policyDocument struct {
	Statement oneOrMore[policyStatement]
}

type policyStatement struct {
	Sid       string
	Effect    string
	Principal policyPrincipal
	Action    oneOrMore[string]
	Condition map[string]map[string]oneOrMore[any]
}

// oneOrMore is a list, of which a single value is written without brackets.
type oneOrMore[T any] []T

// UnmarshalJSON reads either form.
func (l *oneOrMore[T]) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '[' {
		var all []T
		err := json.Unmarshal(text, &all)
		*l = all
		return err
	}
	var one T
	err := json.Unmarshal(text, &one)
	*l = oneOrMore[T]{one}
	return err
}

// policyPrincipal is "*", or callers by their type, such as "Service".
type policyPrincipal map[string]oneOrMore[string]

// UnmarshalJSON reads either form.
func (p *policyPrincipal) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		var name string
		err := json.Unmarshal(text, &name)
		*p = policyPrincipal{"AWS": {name}}
		return err
	}
	var byType map[string]oneOrMore[string]
	err := json.Unmarshal(text, &byType)
	*p = byType
	return err
}

var (
	errPolicyLong = errors.New("the policy is too long")
	errNoPolicy   = errors.New("it is no policy document")
)

// parsePolicy gives who may invoke by a resource policy, in its order.
func parsePolicy(text string) ([]permission, error) {
	if len(text) > maxPolicy {
		return nil, errPolicyLong
	}
	var doc policyDocument
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, errNoPolicy
	}
	var all []permission
	for i := range doc.Statement {
		st := &doc.Statement[i]
		if st.Effect != "Allow" || !slices.ContainsFunc(st.Action, invokes) || st.condition("lambda:InvokedViaFunctionUrl") != nil {
			continue // calls by URL are told by the URL itself
		}
		all = st.permissions(all)
		if len(all) > maxPermissions {
			return all[:maxPermissions], nil
		}
	}
	return all, nil
}

// invokes tells whether an action, which may have stars, lets invoke.
func invokes(action string) bool {
	const invoke = "lambda:invokefunction"
	action = strings.ToLower(action)
	if strings.ContainsAny(action, `[\`) {
		return false // of no meaning in actions, but in patterns
	}
	ok, err := path.Match(action, invoke)
	return err == nil && ok
}

// condition gives the values of a condition's key in any operator. Keys are
// compared without regard to case: the service gives "AWS:SourceArn" and
// "aws:SourceArn".
func (st *policyStatement) condition(key string) []string {
	var values []string
	for _, keys := range st.Condition {
		for k, vs := range keys {
			if !strings.EqualFold(k, key) {
				continue
			}
			for _, v := range vs {
				switch v := v.(type) {
				case string:
					values = append(values, v)
				case bool:
					values = append(values, map[bool]string{true: "true", false: "false"}[v])
				}
			}
		}
	}
	slices.Sort(values) // maps have no order
	return values
}

// permissions adds one permission for each principal and source.
func (st *policyStatement) permissions(all []permission) []permission {
	base := permission{sid: word(st.Sid), open: len(st.Condition) == 0}
	if values := st.condition("aws:SourceAccount"); len(values) > 0 {
		base.account = word(values[0])
	}
	if values := st.condition("aws:PrincipalOrgID"); len(values) > 0 {
		base.org = word(values[0])
	}
	from := st.condition("aws:SourceArn")
	if len(from) == 0 {
		from = []string{""}
	}
	add := func(p permission) {
		for _, source := range from {
			if len(all) > maxPermissions {
				return
			}
			p.source = source
			all = append(all, p)
		}
	}
	for _, service := range st.Principal["Service"] {
		p := base
		p.service = service
		add(p)
	}
	for _, kind := range []string{"AWS", "Federated", "CanonicalUser"} {
		for _, name := range st.Principal[kind] {
			p := base
			p.principal = name
			add(p)
		}
	}
	return all
}

// The kinds of callers that are no services.
const (
	callerAccount sources.TriggerKind = "Account"
	callerAnyone  sources.TriggerKind = "Anyone"
)

// trigger is the permission as what may invoke.
func (p *permission) trigger() sources.Trigger {
	t := sources.Trigger{ID: p.sid, Source: p.source, Name: shortName(p.source), Permitted: true}
	switch {
	case p.service != "":
		t.Kind = triggerOfPrincipal(p.service)
	case p.principal == "*":
		t.Kind, t.Public = callerAnyone, p.open
	default:
		t.Kind = callerAccount
		if t.Source == "" {
			t.Source, t.Name = p.principal, principalName(p.principal)
		}
	}
	add := func(name, value string) {
		if value != "" {
			t.Settings = append(t.Settings, sources.Setting{Name: name, Value: value})
		}
	}
	add("account", p.account)
	add("organisation", p.org)
	return t
}

// principalName is the account of a principal, and after it the user or role
// when it is one: "123456789012 role/deploy".
func principalName(principal string) string {
	parts := strings.SplitN(principal, ":", 6)
	switch {
	case len(parts) < 6 || parts[0] != "arn":
		return word(principal)
	case parts[5] == "root": // stands for the account
		return word(parts[4])
	}
	return word(parts[4] + " " + parts[5])
}

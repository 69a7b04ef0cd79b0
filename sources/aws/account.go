package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"fntop/sources"
)

var _ sources.AccountNamer = (*Source)(nil)

// AccountName gives the alias of the account with ListAccountAliases of IAM,
// which has one endpoint for all regions and costs nothing. An account has one
// alias at most (IAM User Guide, "Account aliases").
func (s *Source) AccountName(ctx context.Context) (string, error) {
	out, err := s.iam.ListAccountAliases(ctx, &iam.ListAccountAliasesInput{})
	if err != nil {
		return "", s.failed(ctx, opListAccountAliases, s.scope.Account, err)
	}
	if out.AccountAliases == nil { // the list itself is always there
		return "", &sources.Error{
			Op: opListAccountAliases, On: s.scope.Account, Kind: sources.Malformed,
			Err: &cause{text: "it holds no list of aliases"},
		}
	}
	if len(out.AccountAliases) == 0 {
		return "", nil
	}
	return oneLine(sources.Clean(out.AccountAliases[0])), nil
}

package sources

import (
	"fmt"
	"strings"
)

// Find gives the one function that is meant by a name, "region/name", or an
// ARN, with or without a version. The error is an *[Error] of kind NotFound,
// with the functions it may have meant.
func Find(name string, ids []FunctionID) (FunctionID, error) {
	region, account, short := "", "", name
	if id, ok := ParseFunctionARN(name); ok {
		region, account, short = id.Region, id.Account, id.Name
	} else if r, n, ok := strings.Cut(name, "/"); ok {
		region, short = r, n
	}
	var found, like []FunctionID
	for _, id := range ids {
		switch {
		case id.Name == short && (region == "" || id.Region == region) && (account == "" || id.Account == account):
			found = append(found, id)
		case strings.Contains(strings.ToLower(id.Name), strings.ToLower(short)):
			like = append(like, id)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return FunctionID{}, &Error{Op: "find", On: name, Kind: NotFound, Err: fmt.Errorf("%d functions have this name", len(found)), Fix: "name its region: " + found[0].Region + "/" + short}
	case len(like) > 0:
		names := make([]string, 0, 3)
		for _, id := range like[:min(3, len(like))] {
			names = append(names, id.Region+"/"+id.Name)
		}
		return FunctionID{}, &Error{Op: "find", On: name, Kind: NotFound, Fix: "did you mean " + strings.Join(names, ", ") + "?"}
	}
	return FunctionID{}, &Error{Op: "find", On: name, Kind: NotFound, Fix: "fntop functions lists what there is; look at --region and --profile"}
}

package demo

import (
	"context"
	"encoding/xml"

	"fntop/sources/demo/wire"
)

// accountAlias is what people call the demo's account.
const accountAlias = "fntop-demo"

// accountAliases is ListAccountAliases' answer (IAM service model).
type accountAliases struct {
	XMLName   xml.Name `xml:"ListAccountAliasesResult"`
	Truncated bool     `xml:"IsTruncated"`
	Aliases   []string `xml:"AccountAliases>member"`
}

func listAccountAliases(context.Context, *Server, *call) (any, *wire.Error) {
	return accountAliases{Aliases: []string{accountAlias}}, nil
}

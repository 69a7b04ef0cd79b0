package demo

import (
	"context"
	"encoding/xml"

	"fntop/sources/demo/wire"
)

// callerIdentity is GetCallerIdentity's answer (STS service model).
type callerIdentity struct {
	XMLName xml.Name `xml:"GetCallerIdentityResult"`
	ARN     string   `xml:"Arn"`
	UserID  string   `xml:"UserId"`
	Account string   `xml:"Account"`
}

func getCallerIdentity(_ context.Context, s *Server, _ *call) (any, *wire.Error) {
	return callerIdentity{ARN: s.principal(), UserID: "AIDADEMODEMODEMODEMO2", Account: s.model.Account()}, nil
}

package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fntop/sources/aws"
)

// policy is an IAM policy document (IAM User Guide, "IAM JSON policy elements").
type policy struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid      string
	Effect   string
	Action   []string
	Resource string
}

func newIAMPolicy(s streams) *cobra.Command {
	var names []string
	for _, f := range aws.Features() {
		names = append(names, f.Name)
	}
	return &cobra.Command{
		Use:       "iam-policy [FEATURE…]",
		Short:     "Print the least IAM policy that fntop needs",
		Long:      "Print the least IAM policy that fntop needs on AWS, for all features or for some: " + strings.Join(names, ", ") + ".\nAll of its actions only read.",
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			for _, a := range args {
				if !slices.Contains(names, a) {
					return usagef("no feature %q: there are %s", a, strings.Join(names, ", "))
				}
			}
			doc := policy{Version: "2012-10-17"}
			for _, f := range aws.Features() {
				if len(args) == 0 || slices.Contains(args, f.Name) {
					doc.Statement = append(doc.Statement, statement{
						Sid: "Fntop" + strings.ToUpper(f.Name[:1]) + f.Name[1:], Effect: "Allow", Action: f.Actions, Resource: f.Resource,
					})
				}
			}
			out, err := json.MarshalIndent(doc, "", "  ")
			if err != nil {
				return fmt.Errorf("encode the policy: %w", err)
			}
			_, err = fmt.Fprintf(s.out, "%s\n", out)
			return err
		},
	}
}

package main

import (
	"github.com/spf13/cobra"
)

func newCost(g *globals, s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cost",
		Short: "Estimate what functions cost",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("name what to do: fntop cost estimate")
		},
	}
	cmd.AddCommand(newEstimate(g, s))
	return cmd
}

package main

import (
	"strings"

	"fntop/cost"
	"fntop/sources"
	"fntop/sources/spending"
)

// costShape is what one function costs. Of a log group that several functions
// share, function is null and log_group its name. The components that are known
// add up to month_to_date_usd.
type costShape struct {
	Function    *string         `json:"function"`
	Region      string          `json:"region"`
	Account     string          `json:"account"`
	MonthToDate cost.USD        `json:"month_to_date_usd"`
	Forecast    *float64        `json:"forecast_usd"`
	Low         *float64        `json:"forecast_low_usd"`
	High        *float64        `json:"forecast_high_usd"`
	Currency    string          `json:"currency"`
	Components  cost.Components `json:"components"`
	AtLeast     bool            `json:"at_least"` // a component is unknown
	LogGroup    *string         `json:"log_group"`
	LastMonth   cost.USD        `json:"last_month_usd"`
	PerMillion  cost.USD        `json:"per_million_usd"`
	Sample      *sampleShape    `json:"sample"`
	Notes       []string        `json:"notes"`
}

// sampleShape is what the init and the rounding of a line rest on.
type sampleShape struct {
	From        string   `json:"from"`
	To          string   `json:"to"`
	LookedH     float64  `json:"looked_h"` // within from and to
	Part        bool     `json:"part"`     // it is less than all of the month
	Invocations float64  `json:"invocations"`
	ColdStarts  int      `json:"cold_starts"`
	InitUSD     *float64 `json:"init_usd"`
	InitError   *float64 `json:"init_standard_error"` // relative
	Reports     int      `json:"reports"`
	RoundingUSD *float64 `json:"rounding_usd"`
}

// costCSV is the same as a row of a spreadsheet.
type costCSV struct {
	Function    string   `json:"function"`
	Region      string   `json:"region"`
	Account     string   `json:"account"`
	MonthToDate *float64 `json:"month_to_date_usd"`
	Forecast    *float64 `json:"forecast_usd"`
	Low         *float64 `json:"forecast_low_usd"`
	High        *float64 `json:"forecast_high_usd"`
	Currency    string   `json:"currency"`
	componentsCSV
	AtLeast    bool     `json:"at_least"`
	LogGroup   string   `json:"log_group"`
	LastMonth  *float64 `json:"last_month_usd"`
	PerMillion *float64 `json:"per_million_usd"`
	Notes      string   `json:"notes"`
}

func shapeLine(l *spending.Line) costShape {
	s := costShape{
		Function: text(l.Function.Name), Region: l.Function.Region, Account: l.Function.Account,
		MonthToDate: l.ToDate, Currency: "USD", Components: l.Components, AtLeast: l.AtLeast, LogGroup: text(l.Group),
		LastMonth: l.LastMonth, PerMillion: cost.Unknown(), Notes: l.Notes,
	}
	if s.Notes == nil {
		s.Notes = []string{}
	}
	if r, ok := l.Forecast.Get(); ok {
		s.Forecast, s.Low, s.High = &r.Value, &r.Low, &r.High
	}
	if l.Used.Requests > 0 {
		s.PerMillion = l.ToDate.Times(1_000_000).Per(l.Used.Requests)
	}
	if sample, ok := l.Correction.Sample.Get(); ok {
		s.Sample = &sampleShape{
			From: sample.From.Format(timeLayout), To: sample.To.Format(timeLayout), LookedH: sample.Looked.Hours(),
			Part: !sample.Whole, Invocations: sample.Requests, ColdStarts: sample.Cold, InitUSD: pointer(l.Correction.Init),
			InitError: pointer(sample.InitError), Reports: sample.Reports, RoundingUSD: pointer(l.Correction.Rounding),
		}
	}
	return s
}

func (c costShape) flat() costCSV {
	or := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	components := flatComponents(c.Components)
	components.ResponseStreaming = nil // not read
	return costCSV{
		Function: or(c.Function), Region: c.Region, Account: c.Account, MonthToDate: dollars(c.MonthToDate),
		Forecast: c.Forecast, Low: c.Low, High: c.High, Currency: c.Currency, componentsCSV: components,
		AtLeast: c.AtLeast, LogGroup: or(c.LogGroup), LastMonth: dollars(c.LastMonth), PerMillion: dollars(c.PerMillion),
		Notes: strings.Join(c.Notes, "; "),
	}
}

// componentShape is what all functions together cost for one component.
type componentShape struct {
	Component   string   `json:"component"`
	MonthToDate cost.USD `json:"month_to_date_usd"`
	Share       *float64 `json:"share"` // of what is paid for, before the free tier
	Basis       string   `json:"basis"`
}

// changedShape is what a function costs more than a week before. The causes add
// up to difference_usd.
type changedShape struct {
	Function   *string  `json:"function"`
	Region     string   `json:"region"`
	Account    string   `json:"account"`
	LogGroup   *string  `json:"log_group"`
	Before     cost.USD `json:"week_before_usd"`
	After      cost.USD `json:"week_usd"`
	Difference cost.USD `json:"difference_usd"`
	Traffic    cost.USD `json:"traffic_usd"`
	Duration   cost.USD `json:"duration_usd"`
	Memory     cost.USD `json:"memory_usd"`
	Logs       cost.USD `json:"logs_usd"`
	New        cost.USD `json:"new_usd"`
	Gone       cost.USD `json:"gone_usd"`
	Other      cost.USD `json:"other_usd"`
}

func shapeChanged(d spending.Difference) changedShape {
	s := changedShape{
		Function: text(d.Function.Name), Region: d.Function.Region, Account: d.Function.Account, LogGroup: text(d.Group),
		Before: d.Before, After: d.After, Difference: d.USD(),
	}
	for _, p := range d.Causes {
		*map[spending.Cause]*cost.USD{
			spending.CauseTraffic: &s.Traffic, spending.CauseDuration: &s.Duration, spending.CauseMemory: &s.Memory,
			spending.CauseLogs: &s.Logs, spending.CauseNew: &s.New, spending.CauseGone: &s.Gone, spending.CauseOther: &s.Other,
		}[p.Cause] = p.USD
	}
	return s
}

// optionShape is something that could be set otherwise, a month of it.
type optionShape struct {
	Function *string  `json:"function"`
	Region   string   `json:"region"`
	Account  string   `json:"account"`
	Setting  string   `json:"setting"`
	To       string   `json:"to"`
	Low      *float64 `json:"usd_low"`
	High     *float64 `json:"usd_high"`
	Faster   *float64 `json:"latency_low_ms"`
	Slower   *float64 `json:"latency_high_ms"`
	Basis    string   `json:"basis"`
	Note     string   `json:"note"`
}

func shapeOption(id sources.FunctionID, o spending.Option) optionShape {
	return optionShape{
		Function: text(id.Name), Region: id.Region, Account: id.Account, Setting: string(o.Setting), To: o.To,
		Low: pointer(o.Low), High: pointer(o.High), Faster: millis(o.Faster), Slower: millis(o.Slower),
		Basis: string(o.Basis), Note: o.Note,
	}
}

// Package lint says what is wrong in a file of a content owner: where, why and what to do. It reads YAML strictly into nodes, finds the slips that
// Chinese authors make before the YAML library trips over them, and prints findings as text with a caret or as JSON.
//
// It refuses to know the flow language: which keys exist and what they mean is the business of package flows, which imports this one.
//
// Invariants: every finding has a line; messages come from messages.yaml only; reading never panics and its memory is bounded by MostBytes and MaxDepth.
package lint

import (
	"cmp"
	"slices"
)

// Levels of a finding. Errors block publishing, warnings block only with --strict, hints never.
const (
	Error   = "error"
	Warning = "warning"
	Hint    = "hint"
)

// Problem is one finding.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`   // from 1
	Column  int    `json:"column"` // from 1, in characters
	Code    string `json:"code"`   // rule, for example R201
	Level   string `json:"level"`
	Message string `json:"message"`
	Advice  string `json:"advice"`
	Length  int    `json:"-"` // characters to underline, at least 1
	Source  string `json:"-"` // the line itself
	Title   string `json:"-"` // short name of the rule
}

// Sort orders findings by file, line and column, and drops exact repeats.
func Sort(ps []Problem) []Problem {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code))
	})
	return slices.CompactFunc(ps, func(a, b Problem) bool {
		return a.File == b.File && a.Line == b.Line && a.Column == b.Column && a.Code == b.Code && a.Message == b.Message
	})
}

// Blocks reports whether the findings forbid publishing; strict counts warnings too.
func Blocks(ps []Problem, strict bool) bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return p.Level == Error || (strict && p.Level == Warning) })
}

// Errors returns the findings of level error.
func Errors(ps []Problem) []Problem {
	var out []Problem
	for _, p := range ps {
		if p.Level == Error {
			out = append(out, p)
		}
	}
	return out
}

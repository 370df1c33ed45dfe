package handoff

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a report.
const (
	maxNextStep = 500 // characters
	maxNote     = 1000
	maxTopic    = 64
	maxTopics   = 10
)

// tidy trims what was typed and drops what a visit without a meeting cannot have shown.
func tidy(r Report) Report {
	r.NextStep, r.Note = strings.TrimSpace(r.NextStep), strings.TrimSpace(r.Note)
	r.Topics, r.Barriers = distinct(r.Topics), distinct(r.Barriers)
	if r.Result == ResultNotMet {
		r.Prefers, r.Topics, r.Ladder, r.Barriers = "", nil, "", nil
	}
	return r
}

func distinct(codes []string) []string {
	var out []string
	for _, c := range codes {
		if c = strings.TrimSpace(c); c != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// check finds everything that is wrong with a report.
func (d *Desk) check(r Report, unread bool) []Problem {
	var found []Problem
	add := func(wrong bool, field, code string) {
		if wrong && !slices.ContainsFunc(found, func(p Problem) bool { return p.Field == field }) {
			text := fill(d.words.Problems[code], "field", d.words.Fields.label(field))
			found = append(found, Problem{Field: field, Code: code, Message: text})
		}
	}
	choice := func(field, value string, from options) {
		add(value == "", field, "missing")
		add(!from.has(value), field, "unknown")
	}
	add(unread, "card_read", "unread")
	add(r.At.IsZero(), "at", "missing")
	add(r.At.After(d.now()), "at", "future")
	choice("channel", r.Channel, d.words.Channels)
	choice("result", r.Result, d.words.Results)
	if r.Result == ResultMet {
		choice("prefers", r.Prefers, d.words.Prefers)
		add(len(r.Topics) == 0, "topics", "missing")
		add(len(r.Topics) > maxTopics, "topics", "too_many")
		add(len(r.Topics) > 1 && slices.Contains(r.Topics, CodeNone), "topics", "unknown")
		add(slices.ContainsFunc(r.Topics, func(t string) bool { return utf8.RuneCountInString(t) > maxTopic }), "topics", "too_long")
		choice("ladder", r.Ladder, d.words.Ladder)
		add(slices.ContainsFunc(r.Barriers, func(b string) bool { return !d.words.Barriers.has(b) }), "barriers", "unknown")
		add(len(r.Barriers) > 1 && slices.Contains(r.Barriers, CodeNone), "barriers", "unknown")
	}
	add(r.NextStep == "", "next_step", "missing")
	add(utf8.RuneCountInString(r.NextStep) > maxNextStep, "next_step", "too_long")
	add(!r.NextAt.IsZero() && r.NextAt.Before(r.At), "next_at", "past")
	add(r.HeardAE != CodeYes && r.HeardAE != CodeNo, "heard_ae", "missing")
	add(utf8.RuneCountInString(r.Note) > maxNote, "note", "too_long")
	return found
}

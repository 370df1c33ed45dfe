package author

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/vrep/vrep/flows"
	"go.yaml.in/yaml/v4"
)

//go:embed tries.yaml
var triesYAML []byte

// tries are the sample answers by question type.
var tries = sync.OnceValue(func() map[string][]string {
	var out map[string][]string
	if err := yaml.Unmarshal(triesYAML, &out); err != nil {
		panic(fmt.Sprintf("reading embedded samples: %v", err)) // the file is part of the program; a test reads it
	}
	return out
})

// mostTries is how many sample answers are shown.
const mostTries = 22

// try plays sample answers at a question, each with a doctor of its own.
func try(lib *flows.Library, flow *flows.Flow, s *flows.Step, q *flows.Question, now time.Time) []Try {
	texts := samples(q)
	var out []Try
	widest := 0
	for _, text := range texts {
		p, err := flows.NewPlayer(lib, flow.ID, flows.PlayerOptions{Now: now})
		if err != nil {
			return nil
		}
		before, err := p.At(s.ID)
		if err != nil {
			return nil
		}
		turn := p.Send(flows.Input{Kind: flows.InText, Text: text})
		told := outcome(lib, q, before, turn)
		if turn.Command == "back" && !first(flow, s) { // the sample doctor stands here without earlier answers
			told = phrase("explain.back")
		}
		out = append(out, Try{Text: text, Outcome: told})
		widest = max(widest, columns(text))
	}
	for i := range out {
		out[i].Pad = strings.Repeat(" ", widest-columns(out[i].Text))
	}
	return out
}

// first reports the first question of a flow, from which there is no way back.
func first(flow *flows.Flow, s *flows.Step) bool {
	var found *flows.Step
	flow.Walk(func(_ *flows.Flow, other *flows.Step) {
		if _, ok := other.Body.(*flows.Question); ok && found == nil {
			found = other
		}
	})
	return found == s
}

// columns is the width of a text in a terminal.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if wide(r) {
			n++
		}
	}
	return n
}

var reHole = regexp.MustCompile(`\{[a-z0-9]+\}`)

// samples fills the sample answers of the type with what the question has; those that ask for what it has not are left out.
func samples(q *flows.Question) []string {
	fill := map[string]string{}
	for i := range min(len(q.Choices), 40000) {
		c := &q.Choices[i]
		if i < 2 {
			fill["{"+itoa(i+1)+"}"] = c.Label
		}
		if fill["{aka}"] == "" && len(c.Aka) > 0 {
			fill["{aka}"] = c.Aka[0]
		}
		if rs := []rune(c.Label); fill["{half}"] == "" && len(rs) >= 4 {
			fill["{half}"] = string(rs[:len(rs)/2])
		}
	}
	if n := len(q.Choices); n > 0 {
		fill["{last}"], fill["{n}"], fill["{over}"] = q.Choices[n-1].Label, itoa(n), itoa(n+1)
	}
	if q.Type == "yesno" && q.Labels[0] != "" {
		fill["{1}"], fill["{2}"] = q.Labels[0], q.Labels[1]
	}
	numbers(q, fill)
	fill["{unit}"] = q.Unit
	var out []string
	for _, text := range slices.Concat(own(q), tries()[q.Type], tries()["common"]) {
		whole := true
		text = reHole.ReplaceAllStringFunc(text, func(hole string) string {
			v, ok := fill[hole]
			whole = whole && ok
			return v
		})
		if whole && text != "" && !slices.Contains(out, text) && len(out) < mostTries {
			out = append(out, text)
		}
	}
	return out
}

// own are answers that the question's own words suggest: its "don't know" and what it asks to add.
func own(q *flows.Question) []string {
	if q.Unknown == nil {
		return nil
	}
	return append([]string{q.Unknown.Label}, q.Unknown.Aka...)
}

// numbers fills in the limits of a question.
func numbers(q *flows.Question, fill map[string]string) {
	f := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	low, high := 1.0, 20.0
	if q.Low != nil {
		low = *q.Low
		fill["{low}"], fill["{below}"] = f(low), f(low-1)
	}
	if q.High != nil {
		high = *q.High
		fill["{high}"], fill["{above}"] = f(high), f(high+1)
	}
	fill["{mid}"] = f(float64(int((low + high) / 2)))
}

// outcome tells what became of an answer.
func outcome(lib *flows.Library, q *flows.Question, before, turn flows.Turn) string {
	said := ""
	if len(turn.Says) > 0 {
		said, _, _ = strings.Cut(strings.TrimSpace(turn.Says[0]), "\n")
	}
	switch {
	case len(turn.Cases) > 0 && turn.Cases[0].New:
		return phrase("explain.heard", "x", said)
	case turn.Command == "skip" && turn.Pending.ID != before.Pending.ID:
		return phrase("explain.skipped")
	case turn.Command == "skip":
		return phrase("explain.no_skip", "x", said)
	case turn.Command == "human" || turn.Human && turn.Command != "":
		return phrase("explain.human", "x", said)
	case turn.Command != "":
		return phrase("explain.command", "x", said)
	case !turn.Accepted:
		return phrase("explain.refused", "x", said)
	}
	if a, ok := turn.AnswersSoFar[before.Pending.ID]; ok && !a.IsNone() {
		label := ""
		for _, x := range turn.Answers {
			if x.Question == before.Pending.ID {
				label = x.Label
			}
		}
		var labels []string
		for _, code := range a.Items() {
			labels = append(labels, optionLabel(lib, q, code))
		}
		if label == "" {
			label = strings.Join(labels, phrase("cond.items"))
		}
		code := strings.Join(a.Items(), ",")
		if code == "" || code == label {
			code = a.Str()
		}
		if code == label || code == "" {
			return phrase("explain.took", "label", label)
		}
		return phrase("explain.took_code", "label", label, "code", code)
	}
	if turn.Pending.Confirming || strings.Contains(turn.Reply(), "\n") && turn.Pending.ID == before.Pending.ID {
		return phrase("explain.read_back", "x", said)
	}
	return phrase("explain.asks", "x", said)
}

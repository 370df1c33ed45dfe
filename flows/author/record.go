package author

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/vrep/vrep/flows"
)

// RecordedTurn is one input of a talk with what came of it: what Player.Start, Send or Wait were given and gave.
type RecordedTurn struct {
	In    flows.Input   // a talk begins with InStart
	After time.Duration // by how much the clock was turned before it; the input of Player.Wait is InTick
	Facts flows.Facts   // what was known of the doctor before this turn (Player.Facts); of the first turn it becomes the case's doctor
	Out   flows.Turn
}

// RecordCase writes a talk as one test case, as an item of the list cases in tests/FLOW.test.yaml: what was said, where it waited, what had been
// answered and how it ended. now is the clock before the first turn. The case passes on the flows that it was recorded from.
func RecordCase(name string, now time.Time, turns []RecordedTurn) string {
	return recordCase(name, now, turns, heard)
}

// RecordExact is RecordCase with every reply word for word: the case fails when a text changes, and flows test --update takes the new one.
func RecordExact(name string, now time.Time, turns []RecordedTurn) string {
	return recordCase(name, now, turns, func(t *RecordedTurn) string {
		if t.Out.Over != "" { // in the house another flow may begin now
			return allLines(t)
		}
		if reply := t.Out.Reply(); !t.counted(reply) {
			return strconv.Quote("=" + strings.ToValidUTF8(reply, "\ufffd"))
		}
		return heard(t)
	})
}

func recordCase(name string, now time.Time, turns []RecordedTurn, reply func(*RecordedTurn) string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  - name: %s\n    now: %s\n", scalar(name), now.Format(time.RFC3339))
	if len(turns) == 0 {
		b.WriteString("    chat: []\n")
		return b.String()
	}
	b.WriteString("    doctor: " + doctorYAML(turns[0].Facts, now) + "\n")
	if in := turns[0].In; in.Kind == flows.InStart {
		b.WriteString("    start: " + in.Key + "\n")
	}
	var lines []string
	at, answers := "", map[string]flows.Value{}
	for i := range turns {
		t := &turns[i]
		if i > 0 || t.In.Kind != flows.InStart {
			lines = append(lines, said(t)...)
		}
		if line := reply(t); line != "" {
			lines = append(lines, "bot: ["+line+"]")
		}
		if t.Out.Over != "" {
			lines = append(lines, "end: "+scalar(t.Out.Over))
		} else if id := t.Out.Pending.ID; id != at && id != "" {
			lines = append(lines, "at: "+scalar(id))
		}
		at = t.Out.Pending.ID
		answers = t.Out.AnswersSoFar
	}
	if len(answers) > 0 {
		lines = append(lines, "answers: "+valuesYAML(answers))
	}
	b.WriteString("    chat:\n")
	for _, line := range lines {
		b.WriteString("      - " + line + "\n")
	}
	return b.String()
}

// said is what the doctor did, in the words of a test.
func said(t *RecordedTurn) []string {
	var out []string
	if t.After > 0 {
		out = append(out, "after: "+t.After.String())
	}
	switch in := t.In; in.Kind {
	case flows.InTick:
	case flows.InRep:
		out = append(out, "rep: "+scalar(in.Text))
	case flows.InText:
		out = append(out, "me: "+scalar(in.Text))
	case flows.InClick:
		out = append(out, "event: "+scalar("menu:"+in.Key))
	case flows.InImage, flows.InVoice:
		out = append(out, "event: "+scalar(strings.TrimSuffix(string(in.Kind)+":"+in.Media, ":")))
	case flows.InLocation:
		out = append(out, "event: "+scalar(strings.TrimRight(string(in.Kind)+":"+in.Place+" "+in.Text, ": ")))
	case flows.InOther:
		out = append(out, "event: "+scalar(strings.TrimSuffix(string(in.Kind)+":"+in.Text, ":")))
	default:
		event := string(in.Kind)
		if in.Key != "" {
			event += ":" + in.Key
		}
		out = append(out, "event: "+scalar(event))
	}
	return out
}

// heard is the part of a reply by which a reader knows it again: the first line of the question, else of the reply. Numbers of cases differ from run
// to run, and signs that have a meaning in tests cannot come first.
func heard(t *RecordedTurn) string {
	text := cmp.Or(t.Out.Pending.Asked, t.Out.Reply())
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if line == "" || strings.ContainsAny(line[:1], "=!") || t.counted(line) {
		return ""
	}
	if !strings.Contains(t.Out.Reply(), line) {
		return ""
	}
	return scalar(line)
}

// counted reports a text with the number of a case, which differs from run to run.
func (t *RecordedTurn) counted(text string) bool {
	return t.Facts.CaseNo != "" && strings.Contains(text, t.Facts.CaseNo)
}

// allLines lists the lines of a reply.
func allLines(t *RecordedTurn) string {
	var out []string
	for line := range strings.Lines(t.Out.Reply()) {
		if line = strings.TrimSpace(line); line != "" && !strings.ContainsAny(line[:1], "=!") && !t.counted(line) {
			out = append(out, scalar(line))
		}
	}
	return strings.Join(out, ", ")
}

// doctorYAML is the imagined doctor of a case.
func doctorYAML(f flows.Facts, now time.Time) string {
	parts := []string{"openid: " + scalar(f.Doctor)}
	if f.Level != 0 {
		parts = append(parts, "level: "+strconv.Itoa(f.Level))
	}
	var profile []string
	for _, field := range slices.Sorted(maps.Keys(f.Profile)) {
		k := f.Profile[field]
		entry := "value: " + value(k.Value)
		if k.Label != "" {
			entry += ", label: " + scalar(k.Label)
		}
		if !k.At.IsZero() && !k.At.Equal(now) {
			entry += ", at: " + scalar(k.At.Format(time.RFC3339))
		}
		profile = append(profile, field+": {"+entry+"}")
	}
	parts = append(parts, "profile: {"+strings.Join(profile, ", ")+"}")
	if len(f.Consents) > 0 {
		var list []string
		for _, purpose := range slices.Sorted(maps.Keys(f.Consents)) {
			list = append(list, purpose+": "+scalar(f.Consents[purpose]))
		}
		parts = append(parts, "consents: {"+strings.Join(list, ", ")+"}")
	}
	for _, set := range []struct {
		key  string
		have map[string]bool
	}{{"tags", f.Tags}, {"sent", f.Sent}} {
		if len(set.have) == 0 {
			continue
		}
		var list []string
		for _, name := range slices.Sorted(maps.Keys(set.have)) {
			list = append(list, scalar(name))
		}
		parts = append(parts, set.key+": ["+strings.Join(list, ", ")+"]")
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func valuesYAML(m map[string]flows.Value) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, scalar(name)+": "+value(m[name]))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// value writes a value so that a test reads the same one.
func value(v flows.Value) string {
	switch v.Kind().String() {
	case "any": // nothing
		return "null"
	case "number", "bool":
		return v.Str()
	case "list":
		var items []string
		for _, item := range v.Items() {
			items = append(items, scalar(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return scalar(v.Str())
}

// scalar writes a text as YAML on one line: as it is where nobody could misread it, else between double quotes.
func scalar(s string) string {
	if plain(s) {
		return s
	}
	return strconv.Quote(strings.ToValidUTF8(s, "\ufffd")) // its escapes are those of YAML
}

// plain reports a text that needs no quotes: it begins with a letter, holds letters, digits and harmless signs, and means nothing else to YAML.
func plain(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	if !unicode.IsLetter(first) || slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off"}, strings.ToLower(s)) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !(r <= 0xff && unicode.IsDigit(r)) && !strings.ContainsRune("_.-\u3001\u3002\uff0c\uff1f\u201c\u201d", r)
	}) < 0
}

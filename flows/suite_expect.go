package flows

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
	"go.yaml.in/yaml/v4"
)

// expect compares what a case produced with what it must produce.
func (r *testRun) expect() {
	o := r.c.expect
	at := func(key string) place { return o.b.at(o.key[key]) }
	r.each("answers", r.answered)
	r.each("values", func(p place, k string, n *yaml.Node) { r.same(p, k, n, r.value(k), "") })
	r.each("profile", func(p place, k string, n *yaml.Node) {
		known := r.facts.Profile[k]
		r.same(p, k, n, known.Value, known.Label)
	})
	if n := o.keys["profile"]; n != nil && n.Kind == yaml.MappingNode && len(n.Content) == 0 && len(r.facts.Profile) > 0 {
		r.fail(at("profile"), "test_value", "name", "profile", "want", "{}", "got", strings.Join(sortedKeys(r.facts.Profile), ","))
	}
	r.each("score", func(p place, k string, n *yaml.Node) {
		s := r.total.scores["lead"]
		r.text(p, k, n, map[string]string{"points": itoa(s.Points), "grade": s.Grade}[k])
	})
	for _, tag := range o.words("tags") {
		if name, absent := strings.CutPrefix(tag, "!"); r.facts.Tags[name] == absent {
			r.fail(at("tags"), "test_value", "name", "tags", "want", tag, "got", strings.Join(sortedKeys(r.facts.Tags), ","))
		}
	}
	if o.has("segment") {
		v := r.facts.Profile["segment"].Value
		if v.IsNone() {
			v = r.value("segment")
		}
		r.same(at("segment"), "segment", o.keys["segment"], v, "")
	}
	if o.has("sent") {
		if want := o.words("sent"); !slices.Equal(want, r.total.sent) {
			r.fail(at("sent"), "test_value", "name", "sent", "want", strings.Join(want, ","), "got", orNone(strings.Join(r.total.sent, ",")))
		}
	}
	for _, q := range o.words("never") {
		if r.total.asked[q] {
			r.fail(at("never"), "test_never", "question", q)
		}
	}
	r.ends(o, at)
	r.records(o, at)
}

func (r *testRun) ends(o *object, at func(string) place) {
	if o.has("end") {
		got := r.total.ended
		if got == "" && r.total.human {
			got = "human"
		}
		if got != o.plain("end") {
			r.fail(at("end"), "test_end", "want", o.plain("end"), "got", orNone(got))
		}
	}
	if o.has("colleague") && o.plain("colleague") != r.total.colleague {
		r.fail(at("colleague"), "test_value", "name", "colleague", "want", o.plain("colleague"), "got", orNone(r.total.colleague))
	}
	if o.has("version") {
		r.versioned(at("version"), o.plain("version"))
	}
	if o.has("stored_answers") && o.plain("stored_answers") != itoa(len(r.total.answers)) {
		r.fail(at("stored_answers"), "test_value", "name", "stored_answers", "want", o.plain("stored_answers"), "got", itoa(len(r.total.answers)))
	}
	if most, err := strconv.Atoi(o.plain("max_messages_per_reply")); err == nil && r.total.most > most {
		r.fail(at("max_messages_per_reply"), "test_value", "name", "max_messages_per_reply", "want", itoa(most), "got", itoa(r.total.most))
	}
	if o.has("level") && o.plain("level") != itoa(r.facts.Level) {
		r.fail(at("level"), "test_value", "name", "level", "want", o.plain("level"), "got", itoa(r.facts.Level))
	}
	for key, got := range map[string]bool{"forget": r.total.forgot, "human": r.total.human} {
		if o.has(key) && o.flag(key, false) != got {
			r.fail(at(key), "test_value", "name", key, "want", o.plain(key), "got", strconv.FormatBool(got))
		}
	}
	for _, p := range o.words("consents") {
		name, absent := strings.CutPrefix(p, "!")
		name, policy, _ := strings.Cut(name, "@")
		if got := r.facts.Consents[name]; (got != "") == absent || policy != "" && got != policy {
			r.fail(at("consents"), "test_value", "name", "consents", "want", p, "got", consented(r.facts.Consents))
		}
	}
}

// consented lists purposes with the notice that was agreed to.
func consented(consents map[string]string) string {
	var out []string
	for _, purpose := range sortedKeys(consents) {
		out = append(out, purpose+"@"+consents[purpose])
	}
	return strings.Join(out, ",")
}

// inHours writes a time limit as authors do: 24h, 30m, 1h30m; "" = none.
func inHours(d time.Duration) string {
	if d == 0 {
		return ""
	}
	text := d.String()
	for _, zero := range []string{"h0m0s", "m0s"} {
		if cut, ok := strings.CutSuffix(text, zero); ok {
			return cut + zero[:1]
		}
	}
	return text
}

// records compares leads, cases and requests to verify, each with the keys that are written.
func (r *testRun) records(o *object, at func(string) place) {
	var leads, cases, verify, notified, meetings []map[string]string
	for _, m := range r.total.meetings {
		said := map[string]string{"of": m.Meeting}
		maps.Copy(said, m.Said)
		meetings = append(meetings, said)
	}
	for _, n := range r.total.notices {
		notified = append(notified, map[string]string{"to": n.To, "say": n.Text})
	}
	for _, l := range r.total.leads {
		leads = append(leads, map[string]string{"kind": l.Kind, "level": l.Level, "explicit": strconv.FormatBool(l.Explicit), "why": l.Why,
			"note": l.Note, "wish": l.Wish, "points": itoa(l.Points), "within": inHours(l.Within)})
	}
	for _, no := range sortedKeys(r.total.cases) {
		c := r.total.cases[no]
		m := map[string]string{"serious": strconv.FormatBool(c.Serious)} // the doctor's words if the intake asked, else the decision
		for k, v := range c.Fields {
			m[k] = v
		}
		m["words"], m["grave"], m["complete"] = c.Words, strconv.FormatBool(c.Serious), strconv.FormatBool(c.Complete)
		m["within"] = inHours(c.Within)
		cases = append(cases, m)
	}
	for _, v := range r.total.verify {
		m := map[string]string{"method": v.Method, "invite": v.Invite, "master": v.Master, "lead": ""}
		if v.Lead != nil {
			m["lead"] = v.Lead.Kind
		}
		verify = append(verify, m)
	}
	for _, x := range []struct {
		key  string
		have []map[string]string
	}{{"leads", leads}, {"cases", cases}, {"verify", verify}, {"notified", notified}, {"meetings", meetings}} {
		if !o.has(x.key) {
			continue
		}
		want := o.items(x.key)
		if len(want) != len(x.have) {
			r.fail(at(x.key), "test_count", "name", x.key, "want", itoa(len(want)), "got", itoa(len(x.have)))
			continue
		}
		for i, n := range want {
			for j := 0; j+1 < len(n.Content); j += 2 {
				r.text(o.b.at(n.Content[j]), x.key+"."+n.Content[j].Value, n.Content[j+1], x.have[i][n.Content[j].Value])
			}
		}
	}
}

func (r *testRun) each(key string, do func(at place, name string, n *yaml.Node)) {
	o := r.c.expect
	n := o.keys[key]
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		do(o.b.at(n.Content[i]), n.Content[i].Value, n.Content[i+1])
	}
}

// answered compares an answer; null means that there is none.
func (r *testRun) answered(at place, name string, n *yaml.Node) {
	var v Value
	if s := r.total.snap; s != nil {
		v = s.answers[name]
	}
	label := ""
	if a, ok := r.total.answers[name]; ok {
		label = a.Label
	}
	r.same(at, name, n, v, label)
}

func (r *testRun) value(name string) Value {
	if r.total.snap == nil {
		return cond.None()
	}
	if v, ok := r.total.snap.values[name]; ok {
		return v
	}
	return r.total.snap.results[name]
}

// same compares a written value with a value or its label.
func (r *testRun) same(at place, name string, n *yaml.Node, v Value, label string) {
	want := nodeValue(n)
	if want.Equal(v) || (want.IsEmpty() && v.IsEmpty()) || (label != "" && want.Str() == label) {
		return
	}
	if want.Str() == v.Str() && want.Kind() != cond.KindList && v.Kind() != cond.KindNone {
		return
	}
	got := v.Str()
	if label != "" && label != got {
		got += " (" + label + ")"
	}
	r.fail(at, "test_value", "name", name, "want", orNone(want.Str()), "got", orNone(got))
}

// text compares a written text; a text that begins with ~ must occur.
func (r *testRun) text(at place, name string, n *yaml.Node, got string) {
	want := n.Value
	if part, ok := strings.CutPrefix(want, "~"); ok && strings.Contains(got, part) || want == got {
		return
	}
	r.fail(at, "test_value", "name", name, "want", orNone(want), "got", orNone(got))
}

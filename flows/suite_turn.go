package flows

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// turn plays one line of a chat.
func (r *testRun) turn(c *chatTurn) {
	v := c.node.Value
	switch c.key {
	case "me":
		r.step(r.e.lib.Said(v))
	case "event":
		r.event(c, v)
	case "after":
		d, ok := parseDuration(v)
		if !ok {
			r.fail(c.at, "bad_duration", "key", "after")
			return
		}
		r.now = r.now.Add(d)
		r.step(Input{Kind: InTick})
	case "bot":
		r.bot(c)
	case "at":
		r.at(c, v)
	case "answers":
		for i := 0; i+1 < len(c.node.Content); i += 2 {
			r.answered(c.at, c.node.Content[i].Value, c.node.Content[i+1])
		}
	case "end":
		if got := r.ended(); got != v {
			r.fail(c.at, "test_end", "want", v, "got", orNone(got))
		}
	case "publish":
		r.publish(c.at, v)
	case "twice", "restart": // a second delivery is stopped before the engine; the state went through JSON anyway
	}
}

func (r *testRun) event(c *chatTurn, v string) {
	kind, key, _ := strings.Cut(v, ":")
	kinds := map[string]InputKind{"follow": InFollow, "unfollow": InUnfollow, "menu": InClick, "scan": InScan, "image": InImage, "voice": InVoice,
		"location": InLocation, "other": InOther, "resume": InResume, "event": InEvent}
	k, ok := kinds[kind]
	if !ok {
		r.fail(c.at, "not_allowed", "key", "event", "value", v, "allowed", strings.Join(sortedKeys(kinds), listMark), "near", "")
		return
	}
	in := Input{Kind: k, Key: key}
	switch k {
	case InImage, InVoice:
		in.Media = string(k) + "-1"
	case InLocation:
		in.Key = ""
		in.Place, in.Text, _ = strings.Cut(key, " ")
	}
	r.step(in)
}

// bot checks the last reply: every text occurs; = exact, ! absent.
func (r *testRun) bot(c *chatTurn) {
	reply := r.last.Reply()
	nodes := []*yaml.Node{c.node}
	if c.node.Kind == yaml.SequenceNode {
		nodes = c.node.Content
	}
	for _, n := range nodes {
		want := n.Value
		switch {
		case strings.HasPrefix(want, "="):
			if strings.TrimSpace(reply) != strings.TrimSpace(want[1:]) {
				r.fail(c.at, "test_bot_exact", "want", want[1:], "got", orNone(reply))
			}
		case strings.HasPrefix(want, "!"):
			if strings.Contains(reply, want[1:]) {
				r.fail(c.at, "test_bot_absent", "want", want[1:], "got", reply)
			}
		case !strings.Contains(reply, want):
			r.fail(c.at, "test_bot", "want", want, "got", orNone(reply))
		}
	}
}

func (r *testRun) at(c *chatTurn, want string) {
	got := r.last.Pending.ID
	if want == "null" || want == "none" || want == "idle" {
		want = ""
	}
	if got == want || (got != "" && r.last.Pending.Flow+"."+got == want) {
		return
	}
	r.fail(c.at, "test_at", "want", orNone(want), "got", orNone(got))
}

func (r *testRun) ended() string {
	if r.last.Human {
		return "human"
	}
	return r.last.Ended
}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// fill answers whatever is asked from the rows, in any order, until the flow has ended.
func (r *testRun) fill() {
	for range 200 {
		if r.failed || r.total.ended != "" || r.last.Pending.ID == "" {
			break
		}
		p := r.last.Pending
		if p.Confirming {
			r.step(Input{Kind: InText, Text: r.e.lib.line("yes")})
			continue
		}
		row := r.row(p)
		if row == nil {
			r.fail(r.c.at, "test_no_row", "question", p.ID)
			return
		}
		asked := r.last.Pending.Asked
		row.used = true
		r.step(r.e.lib.Said(row.text))
		if !r.last.Accepted && r.last.Pending.ID == p.ID && r.last.Pending.Asked == asked {
			r.fail(row.at, "test_refused", "question", p.ID, "text", row.text, "got", r.last.Reply())
			return
		}
	}
	for i := range r.c.fill {
		if !r.c.fill[i].used && !r.failed {
			r.fail(r.c.fill[i].at, "test_unused_row", "question", r.c.fill[i].question)
		}
	}
}

// row finds the line for a question; one for a single round or run comes before one for all of them.
func (r *testRun) row(p Pending) *fillRow {
	for _, id := range []string{p.ID, bareID(p.ID)} {
		for i := range r.c.fill {
			row := &r.c.fill[i]
			if row.question == id || p.Flow+"."+row.question == id || row.question == p.Flow+"."+id {
				return row
			}
		}
	}
	return nil
}

package flows

import (
	"cmp"
	"path"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// turn plays one line of a chat.
func (r *testRun) turn(c *chatTurn) {
	v := c.node.Value
	switch c.key {
	case "me":
		r.talk = append(r.talk, Said{SaidDoctor, v})
		r.step(r.e.lib.Said(v))
	case "rep":
		r.talk = append(r.talk, Said{SaidRep, v})
		r.step(Input{Kind: InRep, Text: v})
	case "event":
		r.event(c, v)
	case "after":
		d, ok := parseDuration(v)
		if !ok {
			r.fail(c.at, "bad_duration", "key", "after")
			return
		}
		r.after(d)
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
	case "twice":
		if r.only(c, "true") {
			r.again(c.at)
		}
	case "restart":
		if r.only(c, "server") {
			r.restart(c.at)
		}
	}
}

// only holds a word to its one value.
func (r *testRun) only(c *chatTurn, allowed string) bool {
	if c.node.Value == allowed {
		return true
	}
	r.fail(c.at, "not_allowed", "key", c.key, "value", c.node.Value, "allowed", allowed, "near", "")
	return false
}

// testEvents are the words after event: and what they bring; what follows a colon is the menu key, the scene, the flow that is started
// or that a push names, the media or the words that came along.
var testEvents = map[string]InputKind{"follow": InFollow, "unfollow": InUnfollow, "menu": InClick, "scan": InScan, "image": InImage, "voice": InVoice,
	"location": InLocation, "link": InOther, "other": InOther, "resume": InResume, "start": InStart, "push": InPush, "event": InEvent}

func (r *testRun) event(c *chatTurn, v string) {
	word, detail, _ := strings.Cut(v, ":")
	kind, ok := testEvents[word]
	if !ok {
		names := sortedKeys(testEvents)
		r.fail(c.at, "not_allowed", "key", "event", "value", v, "allowed", strings.Join(names, listMark), "near", cond.Nearest(word, names))
		return
	}
	r.talk = append(r.talk, Said{SaidEvent, v})
	in := Input{Kind: kind, Key: detail}
	switch kind {
	case InImage, InVoice:
		in.Key, in.Media = "", cmp.Or(detail, word+"-1")
	case InLocation:
		in.Key = ""
		in.Place, in.Text, _ = strings.Cut(detail, " ")
	case InOther:
		in.Key, in.Text = "", detail
	}
	r.step(in)
}

// after turns the clock forward; what falls due on the way happens at its time.
func (r *testRun) after(d time.Duration) {
	r.talk = append(r.talk, Said{SaidEvent, lint.Phrase("clock", "time", d.String())})
	r.says = nil
	ended, end := "", r.now.Add(d)
	for !r.failed && r.now.Before(end) {
		r.now = r.e.nextTick(r.st, r.now, end)
		r.act(Input{Kind: InTick})
		ended = cmp.Or(r.last.Ended, ended)
	}
	r.last.Ended = ended
}

// bot checks what was just said: every text occurs; = exact, ! absent.
func (r *testRun) bot(c *chatTurn) {
	reply := strings.TrimSpace(strings.Join(r.says, "\n"))
	nodes := []*yaml.Node{c.node}
	if c.node.Kind == yaml.SequenceNode {
		nodes = c.node.Content
	}
	for _, n := range nodes {
		want := n.Value
		switch {
		case strings.HasPrefix(want, "="):
			if reply == strings.TrimSpace(want[1:]) {
				continue
			}
			if r.s != nil && r.s.opt.Update {
				r.edits = append(r.edits, edit{file: c.at.file.Name, node: n, text: "=" + reply})
				continue
			}
			r.fail(c.at, "test_bot_exact", "want", want[1:], "got", orNone(reply))
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
	r.fail(c.at, "test_at", "want", orNone(want), "got", orNone(got), "near", r.nearest(want))
}

// nearest is the question that a wrong name may mean, "" when the flows have one of that name.
func (r *testRun) nearest(name string) string {
	var ids []string
	there := false
	for _, f := range r.e.lib.Flows() {
		f.Walk(func(_ *Flow, s *Step) {
			if _, ok := s.Body.(*Question); !ok {
				return
			}
			there = there || path.Ext("." + bareID(name))[1:] == s.ID
			if f.ID == r.flow.ID {
				ids = append(ids, s.ID)
			}
			ids = append(ids, f.ID+"."+s.ID)
		})
	}
	if there {
		return ""
	}
	return cond.Nearest(name, ids)
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

package flows

import (
	"strings"
	"time"

	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// testFile is one tests/*.test.yaml.
type testFile struct {
	flow   string
	now    time.Time
	doctor *yaml.Node
	cases  []*testCase
	goals  []coverGoal
	passed *Coverage
}

// testCase is a talk (chat) or a set of answers by question (fill), with what must come out of it.
type testCase struct {
	name   string
	at     place
	now    time.Time
	doctor *yaml.Node
	start  string // flow that is started by name before the talk
	from   string
	given  *yaml.Node

	version string // the talk begins on this version
	publish string // put in force once it has begun

	chat   []chatTurn
	fill   []fillRow
	random bool // rest: random is allowed for unanswered questions
	reads  []readRow
	expect *object
}

type chatTurn struct {
	key  string
	node *yaml.Node
	at   place
}

type fillRow struct {
	question string
	texts    []string // the answer, and what is written when a chosen option asks for an addition
	at       place
	used     int // how many of the texts have been told
}

var (
	chatKeys   = []string{"me", "bot", "at", "event", "after", "answers", "end", "rep", "twice", "restart", "publish"}
	caseKeys   = []string{"name", "now", "doctor", "start", "from", "given", "chat", "fill", "reads", "expect", "version", "publish"}
	expectKeys = []string{"answers", "values", "profile", "tags", "segment", "leads", "sent", "cases", "never", "end", "stored_answers",
		"max_messages_per_reply", "consents", "level", "verify", "score", "forget", "human", "notified", "meetings", "colleague", "version"}
)

// readTests reads one file of test cases.
func (b *binder) readTests(root *yaml.Node, zone *time.Location, def time.Time) *testFile {
	o := b.object(root, []string{"test", "now", "doctor", "cases", "cover"})
	f := &testFile{flow: o.plain("test"), now: b.when(o, "now", zone, def), doctor: o.keys["doctor"]}
	if !o.need("test", "cases") {
		return f
	}
	f.goals = b.goals(o)
	named := map[string]bool{}
	for _, n := range o.items("cases") {
		c := b.testCase(n, f, zone)
		if c == nil {
			continue
		}
		if named[c.name] {
			b.add(n, "test_same_name", "name", c.name)
		}
		named[c.name] = true
		f.cases = append(f.cases, c)
	}
	return f
}

// fills reports a case that answers by question.
func (c *testCase) fills() bool { return len(c.fill) > 0 || c.random }

func (b *binder) when(o *object, key string, zone *time.Location, def time.Time) time.Time {
	s := o.plain(key)
	if s == "" {
		return def
	}
	t, err := parseWhen(s, zone)
	if err != nil {
		b.add(o.keys[key], "bad_date", "key", key)
		return def
	}
	return t.In(zone)
}

func (b *binder) testCase(n *yaml.Node, f *testFile, zone *time.Location) *testCase {
	o := b.object(n, caseKeys)
	c := &testCase{name: o.plain("name"), at: b.at(n), start: o.word("start"), from: o.plain("from"), given: o.keys["given"],
		doctor: f.doctor, now: b.when(o, "now", zone, f.now), version: o.plain("version"), publish: o.plain("publish")}
	if d := o.keys["doctor"]; d != nil {
		c.doctor = d
	}
	if !o.need("name") {
		return nil
	}
	if !o.has("chat") && !o.has("fill") && !o.has("reads") {
		b.add(n, "test_form", "what", "chat / fill / reads")
		return nil
	}
	c.reads = b.reads(o)
	for _, item := range o.items("chat") {
		if item.Kind != yaml.MappingNode || len(item.Content) != 2 {
			b.add(item, "test_turn", "allowed", strings.Join(chatKeys, listMark))
			continue
		}
		k, v := item.Content[0], item.Content[1]
		if !contains(chatKeys, k.Value) {
			b.object(item, chatKeys)
			continue
		}
		c.chat = append(c.chat, chatTurn{key: k.Value, node: v, at: b.at(k)})
	}
	if n := o.keys["fill"]; n != nil {
		b.pairs(n, func(k, v *yaml.Node) {
			if k.Value == "rest" {
				c.random = v.Value == "random"
				if !c.random {
					b.add(v, "not_allowed", "key", "rest", "value", v.Value, "allowed", "random", "near", "")
				}
				return
			}
			row := fillRow{question: k.Value, texts: []string{v.Value}, at: b.at(k)}
			if v.Kind == yaml.SequenceNode && len(v.Content) > 0 {
				row.texts = row.texts[:0]
				for _, line := range v.Content {
					row.texts = append(row.texts, b.scalar(line, k.Value))
				}
			}
			c.fill = append(c.fill, row)
		})
	}
	if n := o.keys["expect"]; n != nil {
		c.expect = b.object(n, expectKeys)
	}
	return c
}

// fileBinder reads one file outside a load.
func (lib *Library) fileBinder(name string, data []byte, s *lint.Sink) (*binder, *yaml.Node) {
	f, root := lint.Read(name, data, s, isLanguageKey)
	return &binder{file: f, sink: s, kinds: lib.kinds, reader: lib.reader}, root
}

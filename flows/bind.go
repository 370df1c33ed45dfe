package flows

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

// listMark stands between the items of a list in a message (the Chinese enumeration comma).
const listMark = "\u3001"

// binder turns nodes into the model and files every mistake with its place; it never stops at the first one.
type binder struct {
	file   *lint.File
	sink   *lint.Sink
	flow   *Flow // nil outside flow files
	step   *Step // step being read, nil outside steps
	kinds  *kinds
	reader *answer.Reader
}

// place is where something stands in a file.
type place struct {
	file         *lint.File
	line, column int
	width        int
}

func (b *binder) at(n *yaml.Node) place {
	return place{file: b.file, line: n.Line, column: n.Column, width: lint.Width(n)}
}

func (b *binder) add(n *yaml.Node, key string, args ...string) {
	b.sink.Add(b.file, n.Line, n.Column, lint.Width(n), key, args...)
}

// object is a map whose keys have been checked.
type object struct {
	b     *binder
	node  *yaml.Node
	keys  map[string]*yaml.Node // key → value
	key   map[string]*yaml.Node // key → key node
	meant []string              // keys that an unknown one nearly spells
}

// object reads a map. Unknown keys are filed with the nearest spelling, keys of the full language that are not carried yet with an honest word.
func (b *binder) object(n *yaml.Node, allowed []string) *object {
	o := &object{b: b, node: n, keys: map[string]*yaml.Node{}, key: map[string]*yaml.Node{}}
	if n.Kind != yaml.MappingNode {
		b.add(n, "want_map")
		return o
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if !slices.Contains(allowed, k.Value) {
			near := cond.Nearest(k.Value, allowed)
			o.meant = append(o.meant, near)
			b.add(k, "unknown_key", "key", k.Value, "near", near)
			continue
		}
		if _, twice := o.keys[k.Value]; !twice {
			o.keys[k.Value], o.key[k.Value] = v, k
		}
	}
	return o
}

func (o *object) has(key string) bool { return o.keys[key] != nil }

// need files a missing key, unless a slip of the pen that is filed already stands for it.
func (o *object) need(keys ...string) bool {
	if o.node.Kind != yaml.MappingNode {
		return false // filed already
	}
	ok := true
	for _, k := range keys {
		if o.keys[k] == nil {
			if ok = false; !contains(o.meant, k) {
				o.b.add(o.node, "missing_key", "key", k)
			}
		}
	}
	return ok
}

// plain returns the text of a scalar, "" when absent or something else (which is filed).
func (o *object) plain(key string) string {
	n := o.keys[key]
	if n == nil {
		return ""
	}
	return o.b.scalar(n, key)
}

func (b *binder) scalar(n *yaml.Node, key string) string {
	if n.Kind != yaml.ScalarNode {
		b.add(n, "want_text", "key", key)
		return ""
	}
	return strings.TrimRight(n.Value, "\n")
}

// word returns a name: letters, digits, _ and - .
func (o *object) word(key string) string {
	s := o.plain(key)
	if n := o.keys[key]; s == "" && n != nil && n.Kind == yaml.ScalarNode {
		o.b.add(n, "empty_text", "key", key)
	}
	if s != "" && !isName(s) {
		o.b.add(o.keys[key], "bad_name", "name", s)
		return ""
	}
	return s
}

func isName(s string) bool {
	if s == "" || len(s) > 64 || (s[0] >= '0' && s[0] <= '9') {
		return false
	}
	for _, r := range s {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return true
}

func (o *object) oneOf(key string, allowed ...string) string {
	s := o.plain(key)
	if o.has(key) && !slices.Contains(allowed, s) {
		o.b.add(o.keys[key], "not_allowed", "key", key, "value", s, "allowed", strings.Join(allowed, listMark), "near", cond.Nearest(s, allowed))
		return ""
	}
	return s
}

func (o *object) flag(key string, def bool) bool {
	if !o.has(key) {
		return def
	}
	switch o.plain(key) {
	case "true", "on", "yes":
		return true
	case "false", "off", "no":
		return false
	}
	o.b.add(o.keys[key], "not_allowed", "key", key, "value", o.plain(key), "allowed", strings.Join([]string{"true", "false"}, listMark), "near", "")
	return def
}

func (o *object) number(key string, low, high, def int) int {
	if !o.has(key) {
		return def
	}
	n, err := strconv.Atoi(o.plain(key))
	if err != nil || n < low || n > high {
		o.b.add(o.keys[key], "want_number", "key", key, "low", strconv.Itoa(low), "high", strconv.Itoa(high))
		return def
	}
	return n
}

// items returns the items of a list; a single item may stand alone.
func (o *object) items(key string) []*yaml.Node {
	n := o.keys[key]
	if n == nil {
		return nil
	}
	if n.Kind == yaml.SequenceNode {
		return n.Content
	}
	return []*yaml.Node{n}
}

// words returns a list of texts.
func (o *object) words(key string) []string {
	var out []string
	for _, n := range o.items(key) {
		if s := o.b.scalar(n, key); s != "" {
			out = append(out, s)
		} else if n.Kind == yaml.ScalarNode {
			o.b.add(n, "empty_text", "key", key)
		}
	}
	return out
}

// span reads "a..b" or "a" as decimal numbers.
func (o *object) span(key string) (low, high *float64) {
	s := o.plain(key)
	if s == "" {
		return nil, nil
	}
	l, h, two := strings.Cut(s, "..")
	a, errA := parseFloat(l)
	b, errB := a, error(nil)
	if two {
		b, errB = parseFloat(h)
	}
	if errA != nil || errB != nil || (a != nil && b != nil && *a > *b) {
		o.b.add(o.keys[key], "bad_range", "key", key)
		return nil, nil
	}
	return a, b
}

func parseFloat(s string) (*float64, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil, err
	}
	return &f, nil
}

func (o *object) duration(key string, def time.Duration) time.Duration {
	if !o.has(key) {
		return def
	}
	d, ok := parseDuration(o.plain(key))
	if !ok {
		o.b.add(o.keys[key], "bad_duration", "key", key)
		return def
	}
	return d
}

// parseDuration reads 30m, 46h, 2h30m, 90d.
func parseDuration(s string) (time.Duration, bool) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n > 0 && n < 10000
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d > 0
}

// until reads the last day of an approval or a price, YYYY-MM-DD; the zero time means absent.
func (o *object) until() time.Time { return o.date("until") }

// date reads a day; zero when there is none.
func (o *object) date(key string) time.Time {
	s := o.plain(key)
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		o.b.add(o.keys[key], "bad_date", "key", key)
	}
	return t
}

// Expr is an expression of an author: its source, where it stands and, after linking, what it computes.
type Expr struct {
	src       string
	at        place
	condition bool
	x         *cond.Expr
}

// Source is the expression as written.
func (e *Expr) Source() string {
	if e == nil {
		return ""
	}
	return e.src
}

// cond reads a condition, expr an expression; nil when absent.
func (o *object) cond(key string) *Expr { return o.expression(key, true) }
func (o *object) expr(key string) *Expr { return o.expression(key, false) }

func (o *object) expression(key string, condition bool) *Expr {
	n := o.keys[key]
	if n == nil {
		return nil
	}
	return o.b.expression(n, key, condition)
}

func (b *binder) expression(n *yaml.Node, key string, condition bool) *Expr {
	src := strings.TrimSpace(b.scalar(n, key))
	if src == "" {
		b.add(n, "missing_key", "key", key)
		return nil
	}
	e := &Expr{src: src, at: b.at(n), condition: condition}
	b.own(e, nil)
	return e
}

// text reads a doctor's text with placeholders, texts a list of them.
func (o *object) text(key string) *Text {
	n := o.keys[key]
	if n == nil {
		return nil
	}
	return o.b.text(n, key)
}

func (o *object) texts(key string) []*Text {
	var out []*Text
	for _, n := range o.items(key) {
		if t := o.b.text(n, key); t != nil {
			out = append(out, t)
		}
	}
	return out
}

// maxText is the longest text that is read at all, in bytes; lint refuses what does not fit one message.
const maxText = 16 << 10

func (b *binder) text(n *yaml.Node, key string) *Text {
	s := b.scalar(n, key)
	if s == "" {
		if n.Kind == yaml.ScalarNode {
			b.add(n, "empty_text", "key", key)
		}
		return nil
	}
	if len(s) > maxText {
		b.add(n, "text_too_long", "n", itoa(len(s)), "max", itoa(maxMessage))
		return nil
	}
	t := &Text{src: s, at: b.at(n)}
	if name, _, ok := cutBetween(s, "{{", "}}"); ok {
		at := t.where("{{")
		b.sink.Add(b.file, at.line, at.column, at.width, "moustache", "name", strings.TrimSpace(name))
	}
	b.own(nil, t)
	return t
}

// cutBetween returns what stands between two signs.
func cutBetween(s, from, to string) (inner, rest string, ok bool) {
	if _, s, ok = strings.Cut(s, from); !ok {
		return "", "", false
	}
	return strings.Cut(s, to)
}

// own remembers what must be linked later with the names of the flow.
func (b *binder) own(e *Expr, t *Text) {
	if b.step == nil {
		return
	}
	if e != nil {
		b.step.exprs = append(b.step.exprs, e)
	}
	if t != nil {
		b.step.texts = append(b.step.texts, t)
	}
}

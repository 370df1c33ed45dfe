package flows

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
	"github.com/vrep/vrep/flows/lint"
	"go.yaml.in/yaml/v4"
)

//go:embed defaults.yaml
var defaultsYAML []byte

// Config is _config.yaml over the built-in defaults: commands, fixed lines, refusals, listeners. It is never pinned: safety words count at once.
type Config struct {
	Quiet     string // "22:00-08:00", "" = none
	MaxRetry  int
	OnFail    string
	DayParts  map[string]string
	Account   map[string]string // what texts print about the house unless the settings say otherwise
	Forbidden []string          // further words that no text may hold

	commands map[string]*command
	words    *answer.Commands
	texts    map[string]*Text
	retries  map[string][]*Text
	listen   []*listener
}

type command struct {
	words   []string
	say     *Text
	confirm bool
}

// commandNames are the commands that a doctor can type.
var commandNames = []string{"help", "back", "skip", "repeat", "restart", "quit", "human", "erase", "opt_out", "opt_in"}

// listener hears words in anything that is typed. It adds, it never swallows.
type listener struct {
	ID       string
	Do       string // report, offer, answer
	Call     string
	Say      *Text
	Tag      string
	Within   time.Duration
	UnlessIn []string
	words    []string
	forms    []*regexp.Regexp // when_text written as /…/
	hear     *answer.Listener
	at       place
	callAt   place
	unlessAt place
}

var configKeys = []string{"langs", "quiet", "retry", "on_fail", "dayparts", "commands", "texts", "retries", "listen", "account", "forbidden"}

// config reads the defaults and lays the folder's own file over them.
func (l *loader) config() {
	c := &Config{
		MaxRetry: 3, OnFail: "human", DayParts: map[string]string{}, Account: map[string]string{},
		commands: map[string]*command{}, texts: map[string]*Text{}, retries: map[string][]*Text{},
	}
	l.lib.config = c
	f, root := lint.Read("defaults.yaml", defaultsYAML, l.sink, isLanguageKey)
	if root != nil {
		c.read(&binder{file: f, sink: l.sink, kinds: l.lib.kinds}, root, nil, nil)
	}
	if data := l.lib.files[configFile]; data != nil {
		if b, root := l.binder(configFile); root != nil {
			c.read(b, root, sortedKeys(c.texts), sortedKeys(c.retries))
		}
	}
	words := map[string][]string{}
	for name, cmd := range c.commands {
		words[name] = cmd.words
	}
	c.words = l.lib.reader.Commands(words)
	for _, ls := range c.listen {
		ls.hear = l.lib.reader.Listener(ls.words)
	}
}

var reQuiet = regexp.MustCompile(`^\d\d:\d\d-\d\d:\d\d$`)

// read lays one file over what is there. texts and retries are the known names, nil for the defaults themselves.
func (c *Config) read(b *binder, root *yaml.Node, texts, retries []string) {
	o := b.object(root, configKeys, "caps", "words")
	o.words("langs")
	if c.Quiet = o.plain("quiet"); o.has("quiet") && !reQuiet.MatchString(c.Quiet) {
		b.add(o.keys["quiet"], "bad_hours", "key", "quiet")
	}
	c.MaxRetry = o.number("retry", 1, 20, c.MaxRetry)
	if s := o.oneOf("on_fail", "skip", "human", "stop"); s != "" {
		c.OnFail = s
	}
	c.Forbidden = o.words("forbidden")
	if n := o.keys["dayparts"]; n != nil {
		c.DayParts = map[string]string{}
		b.pairs(n, func(k, v *yaml.Node) {
			if c.DayParts[k.Value] = b.scalar(v, k.Value); !reQuiet.MatchString(v.Value) {
				b.add(v, "bad_hours", "key", k.Value)
			}
		})
	}
	if n := o.keys["account"]; n != nil {
		ao := b.object(n, accountNames)
		for _, name := range accountNames {
			if ao.has(name) {
				c.Account[name] = ao.plain(name)
			}
		}
	}
	if n := o.keys["commands"]; n != nil {
		c.readCommands(b, n)
	}
	if n := o.keys["texts"]; n != nil {
		to := b.object(n, orKeys(texts, n))
		for k := range to.keys {
			if t := to.text(k); t != nil {
				c.texts[k] = t
			}
		}
	}
	if n := o.keys["retries"]; n != nil {
		ro := b.object(n, orKeys(retries, n))
		for k := range ro.keys {
			if ts := ro.texts(k); len(ts) > 0 {
				c.retries[k] = ts
			}
		}
	}
	for _, n := range o.items("listen") {
		if ls := b.listener(n); ls != nil {
			c.listen = append(c.listen, ls)
		}
	}
}

// orKeys allows every key where no list is given.
func orKeys(known []string, n *yaml.Node) []string {
	if known != nil || n.Kind != yaml.MappingNode {
		return known
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		known = append(known, n.Content[i].Value)
	}
	return known
}

// pairs walks a map.
func (b *binder) pairs(n *yaml.Node, do func(k, v *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		b.add(n, "want_map")
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		do(n.Content[i], n.Content[i+1])
	}
}

func (c *Config) readCommands(b *binder, n *yaml.Node) {
	o := b.object(n, commandNames)
	for _, name := range commandNames {
		if !o.has(name) {
			continue
		}
		co := b.object(o.keys[name], []string{"words", "say", "confirm"})
		cmd := &command{words: co.words("words"), say: co.text("say"), confirm: co.flag("confirm", false)}
		if old := c.commands[name]; old != nil && len(cmd.words) == 0 {
			cmd.words = old.words
		}
		c.commands[name] = cmd
	}
}

func (b *binder) listener(n *yaml.Node) *listener {
	o := b.object(n, []string{"id", "when_text", "unless_in", "do", "say", "call", "tag", "within", "on_refuse"})
	if !o.need("id", "when_text", "do") {
		return nil
	}
	ls := &listener{ID: o.word("id"), Do: o.plain("do"), Call: o.word("call"), Say: o.text("say"), Tag: o.plain("tag"),
		Within: o.duration("within", 24*time.Hour), UnlessIn: o.words("unless_in"), at: b.at(n)}
	if contains([]string{"call", "notify"}, ls.Do) {
		b.add(o.keys["do"], "not_yet", "key", "do: "+ls.Do)
	} else {
		ls.Do = o.oneOf("do", "report", "offer", "answer")
	}
	if o.has("call") {
		ls.callAt = b.at(o.keys["call"])
	}
	if o.has("unless_in") {
		ls.unlessAt = b.at(o.keys["unless_in"])
	}
	if ls.Do == "offer" {
		o.need("call")
	}
	if ls.Do == "answer" {
		o.need("say")
	}
	if o.has("on_refuse") { // a refused intake is on the safety desk's list already: the word says so in the file, the engine has nothing to add
		o.oneOf("on_refuse", "notify_pv")
	}
	for _, n := range o.items("when_text") {
		b.hearing(ls, n)
	}
	return ls
}

// maxForm is the longest regular expression of a listener, in bytes.
const maxForm = 256

var reFormLike = regexp.MustCompile(`\\[dwsDWSb.]|\.[*+]|\[[^\]]+\][+*{]|\[\d-\d\]|[)\]][?*+{]|\^|\$$|\(\?|\|`)

// hearing reads one entry of when_text: a word, or a regular expression (RE2, which cannot run away) between strokes.
func (b *binder) hearing(ls *listener, n *yaml.Node) {
	s := b.scalar(n, "when_text")
	inner, ok := strings.CutSuffix(strings.TrimPrefix(s, "/"), "/")
	if !ok || len(s) < 3 || s[0] != '/' {
		switch {
		case n.Kind == yaml.ScalarNode && s == "":
			b.add(n, "empty_text", "key", "when_text")
		case s != "":
			if reFormLike.MatchString(s) {
				b.add(n, "form_like", "text", s)
			}
			ls.words = append(ls.words, s)
		}
		return
	}
	re, err := regexp.Compile(inner)
	if err != nil || len(inner) > maxForm || re.MatchString("") {
		b.add(n, "bad_form", "max", itoa(maxForm))
		re = regexp.MustCompile(regexp.QuoteMeta(s)) // filed; what follows from it is no further mistake
	}
	ls.forms = append(ls.forms, re)
}

// hears reports whether a text holds one of the words or forms, as typed or as the answer reader folds it.
func (ls *listener) hears(r *answer.Reader, text string) bool {
	if ls.hear.Hear(text).Found {
		return true
	}
	if len(ls.forms) == 0 {
		return false
	}
	folded := r.Normalise(text)
	return slices.ContainsFunc(ls.forms, func(re *regexp.Regexp) bool { return re.MatchString(text) || re.MatchString(folded) })
}

// link gives the fixed lines their meaning and checks what the listeners refer to.
func (c *Config) link(lib *Library, s *lint.Sink) {
	report := func(at place, key string, args ...string) {
		if at.file != nil {
			s.Add(at.file, at.line, at.column, at.width, key, args...)
		}
	}
	names := textNames("ae.no", "left", "answer", "value", "label", "got", "min", "max", "low", "high", "yes", "no", "want", "unit", "from", "to",
		"chosen", "missing", "extra", "side", "reason", "day1", "day2", "time", "time1", "time2", "field")
	for name := range c.texts {
		names[name] = cond.Type{}
	}
	sc := with{newScope(lib, nil), names}
	for _, name := range sortedKeys(c.texts) {
		c.texts[name].link(sc, lib.funcs, report)
	}
	for _, name := range sortedKeys(c.retries) {
		for _, t := range c.retries[name] {
			t.link(sc, lib.funcs, report)
		}
	}
	for _, name := range commandNames {
		if cmd := c.commands[name]; cmd != nil && cmd.say != nil {
			cmd.say.link(sc, lib.funcs, report)
		}
	}
	for _, ls := range c.listen {
		if ls.Say != nil {
			ls.Say.link(sc, lib.funcs, report)
		}
		if lib.partial {
			continue
		}
		flows := append([]string{}, ls.UnlessIn...)
		for i, id := range append(flows, ls.Call) {
			at := ls.unlessAt
			if i == len(flows) {
				at = ls.callAt
			}
			if id != "" && lib.flows[id] == nil {
				report(at, "unknown_flow", "name", id, "near", cond.Nearest(id, lib.flowNames()))
			}
		}
	}
}

// text returns a fixed line; a missing one is the name itself, which a test of the defaults excludes.
func (c *Config) text(name string) *Text {
	if t := c.texts[name]; t != nil {
		return t
	}
	return &Text{src: name, parts: []part{{lit: name}}}
}

// line is a fixed line without placeholders.
func (lib *Library) line(name string) string {
	return strings.TrimRight(lib.config.text(name).src, "\n")
}

// CommandWords lists the words of all commands, for lint and help pages.
func (lib *Library) CommandWords() map[string][]string {
	out := map[string][]string{}
	for name, cmd := range lib.config.commands {
		out[name] = slices.Clone(cmd.words)
	}
	return out
}

package flows

import (
	"cmp"
	_ "embed"
	"regexp"
	"slices"
	"time"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/guard"
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
	Products  []Product         // what texts about a product must say with its name
	Domains   []string          // hosts that links may lead to, with those below them; empty = any
	Purposes  []string          // purposes of consent beside those that the product knows
	Caps      Caps
	match     MatchRules
	referral  Referral
	Fresh     time.Duration // how long a value of the portrait counts as fresh, where profile.yaml does not say; 0 = for ever
	Menu      Menu

	Langs []string // languages of the house, its own first

	synonyms map[string][]string // normalised word → words that mean the same in this house

	commands map[string]*command
	words    *answer.Commands
	texts    map[string]*Text
	retries  map[string][]*Text
	listen   []*listener
	endings  map[string]ending   // purpose → what else ends with its consent
	speech   map[string][]string // language → words that switch to it
	spoken   map[string]string   // of a copy in another language: names of the house in it
	langAt   map[string]place
}

// Product is a brand name with what has to stand beside it.
type Product struct {
	Name    string   // brand name as texts write it
	Generic string   // its generic name (INN), which every text with the brand name must hold too
	Notice  string   // sentence that contents about the product and flows that name it must hold; "" = none
	Uses    []string // what it is approved for; a question about something else is outside the label
}

type command struct {
	words   []string
	say     *Text
	confirm bool
	policy  string // of a command that gives a consent: version of the notice
}

// commandNames are the commands that a doctor can type.
var commandNames = append([]string{"help", "back", "skip", "repeat", "restart", "quit", "human", "opt_out", "opt_in"}, rights...)

// flowCommandNames are those that a flow can switch off or reword: not the doctor's rights.
var flowCommandNames = commandNames[: len(commandNames)-len(rights) : len(commandNames)-len(rights)]

// listener hears words in anything that is typed. It adds, it never swallows.
type listener struct {
	ID       string
	Do       string // report, offer, answer, call, notify
	To       string // team that do: notify tells
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

var configKeys = []string{"langs", "quiet", "retry", "on_fail", "dayparts", "commands", "texts", "retries", "listen", "account", "forbidden", "caps", "match", "fresh", "words", "products", "domains", "purposes", "menu", "menu_verified", "on_withdraw", "referral"}

// config reads the defaults and lays the folder's own file over them.
func (l *loader) config() {
	c := &Config{
		MaxRetry: 3, OnFail: "human", match: usualMatch, referral: usualReferral, DayParts: map[string]string{}, Account: map[string]string{}, synonyms: map[string][]string{},
		commands: map[string]*command{}, texts: map[string]*Text{}, retries: map[string][]*Text{}, endings: map[string]ending{},
		speech: map[string][]string{}, spoken: map[string]string{}, langAt: map[string]place{},
	}
	l.lib.config = c
	f, root := lint.Read(defaultsFile, defaultsYAML, l.sink, isLanguageKey)
	if root != nil {
		c.read(&binder{file: f, sink: l.sink, kinds: l.lib.kinds, reader: l.lib.reader}, root, nil, nil)
	}
	if data := l.lib.files[configFile]; data != nil {
		if b, root := l.binder(configFile); root != nil {
			c.read(b, root, sortedKeys(c.texts), sortedKeys(c.retries))
		}
	}
}

// ready prepares the words that are listened for, when all files are read.
func (c *Config) ready(lib *Library) {
	words := map[string][]string{}
	for name, cmd := range c.commands {
		words[name] = cmd.words
	}
	if len(c.Langs) > 1 {
		for _, lang := range c.Langs {
			words[languagePrefix+lang] = c.speech[lang]
		}
	}
	c.words = lib.reader.Commands(words)
	if !slices.ContainsFunc(c.listen, func(ls *listener) bool { return ls.Do == "report" }) { // safety words are heard whatever a folder says
		c.listen = append(c.listen, &listener{ID: "guard", Do: "report", Within: defaultCaseClock})
	}
	for _, ls := range c.listen {
		ls.hear = lib.reader.Listener(lib.aka("", ls.words))
	}
	var names, uses []string
	for _, p := range c.Products {
		names, uses = append(names, p.Name, p.Generic), append(uses, p.Uses...)
	}
	lib.guard = guard.New(guard.Options{Products: names, Uses: uses})
}

var reQuiet = regexp.MustCompile(`^\d\d:\d\d-\d\d:\d\d$`)

// read lays one file over what is there. texts and retries are the known names, nil for the defaults themselves.
func (c *Config) read(b *binder, root *yaml.Node, texts, retries []string) {
	o := b.object(root, configKeys)
	c.readLangs(b, o, texts == nil)
	if c.Quiet = o.plain("quiet"); o.has("quiet") && !reQuiet.MatchString(c.Quiet) {
		b.add(o.keys["quiet"], "bad_hours", "key", "quiet")
		c.Quiet = ""
	}
	c.Fresh = o.freshness(c.Fresh)
	c.MaxRetry = o.number("retry", 1, 20, c.MaxRetry)
	if s := o.oneOf("on_fail", "skip", "human", "stop"); s != "" {
		c.OnFail = s
	}
	c.Forbidden, c.Domains = o.words("forbidden"), o.words("domains")
	for _, n := range o.items("purposes") {
		if name := b.scalar(n, "purposes"); isName(name) {
			c.Purposes = append(c.Purposes, name)
		} else {
			b.add(n, "bad_name", "name", name)
		}
	}
	for _, n := range o.items("products") {
		po := b.object(n, []string{"name", "generic", "notice", "uses"})
		if po.need("name", "generic") {
			c.Products = append(c.Products, Product{Name: po.plain("name"), Generic: po.plain("generic"), Notice: po.plain("notice"), Uses: po.words("uses")})
		}
	}
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
	if n := o.keys["on_withdraw"]; n != nil {
		c.readEndings(b, n)
	}
	for _, p := range c.Purposes {
		if texts != nil {
			texts = append(texts, purposeLine+p, "withdrawn_"+p)
		}
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
	if n := o.keys["caps"]; n != nil {
		co := b.object(n, []string{"day", "week"})
		c.Caps = Caps{Day: co.number("day", 1, 100, 0), Week: co.number("week", 1, 500, 0)}
	}
	c.readReferral(b, o)
	if n := o.keys["match"]; n != nil {
		c.readMatch(b, n)
	}
	if n := o.keys["words"]; n != nil {
		c.readSynonyms(b, n)
	}
	c.Menu = Menu{Everyone: b.menu(o, "menu"), Verified: b.menu(o, "menu_verified")}
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
		co := b.object(o.keys[name], []string{"words", "say", "confirm", "policy"})
		cmd := &command{words: co.words("words"), say: co.text("say"), confirm: co.flag("confirm", false), policy: co.plain("policy")}
		if old := c.commands[name]; old != nil {
			if len(cmd.words) == 0 {
				cmd.words = old.words
			}
			cmd.policy = cmp.Or(cmd.policy, old.policy)
		}
		c.commands[name] = cmd
	}
}

func (b *binder) listener(n *yaml.Node) *listener {
	o := b.object(n, []string{"id", "when_text", "unless_in", "do", "say", "call", "to", "tag", "within", "on_refuse"})
	if !o.need("id", "do") || o.plain("do") != "report" && !o.need("when_text") {
		return nil
	}
	ls := &listener{ID: o.word("id"), Do: o.oneOf("do", "report", "offer", "answer", "call", "notify"), Call: o.word("call"), Say: o.text("say"), Tag: o.plain("tag"),
		Within: o.duration("within", 24*time.Hour), UnlessIn: o.words("unless_in"), at: b.at(n)}
	if o.has("call") {
		ls.callAt = b.at(o.keys["call"])
	}
	if o.has("unless_in") {
		ls.unlessAt = b.at(o.keys["unless_in"])
	}
	if ls.Do == "offer" || ls.Do == "call" {
		o.need("call")
	}
	if ls.Do == "notify" && o.need("to") {
		ls.To = o.oneOf("to", teams...)
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

package convert

import (
	"strconv"
	"strings"
)

// Result is a converted questionnaire.
type Result struct {
	YAML    []byte
	ID      string   // id of the flow; its file must be named after it
	Dropped []string // what has no counterpart, one line each, in the author's language
}

// form is a questionnaire between the two languages.
type form struct {
	from   string // name of the foreign format
	id     string
	title  string
	items  []*item
	thanks string

	byName  map[string]*item // foreign name → item
	taken   map[string]bool  // ids in use
	dropped []string
	count   int
}

// item is a question, a text, a computed value or a loop.
type item struct {
	kind    string // ask, say, set, block
	name    string // foreign name
	id      string
	at      string // how a message names the place
	text    string
	help    string
	typ     string
	choices []choice
	inline  bool // a long list that is searched
	when    []clause
	check   []clause
	say     string // words of a failed check
	value   clause // of a computed value
	times   clause // rounds of a loop
	needed  bool
	low     string
	high    string
	step    string
	least   string // of pick and length
	most    string
	ends    [2]string
	pattern string
	items   []*item
	parent  *item
}

// clause is a foreign expression with the name of the key that it stands in.
type clause struct{ key, src string }

type choice struct {
	value, label string
	code         string
	when         clause
	only, open   bool // none of the others; asks for words
}

func newForm(from string) *form {
	return &form{from: from, byName: map[string]*item{}, taken: map[string]bool{}}
}

// drop notes something that has no counterpart.
func (f *form) drop(at, key string, args ...string) {
	f.dropped = append(f.dropped, at+word(key, args...))
}

// put files an item under its foreign name and gives it an id of its own.
func (f *form) put(parent *item, it *item) {
	f.count++
	it.id, it.parent = f.free(it.name), parent
	if _, twice := f.byName[it.name]; !twice && it.name != "" {
		f.byName[it.name] = it
	}
	f.code(it)
	if parent != nil {
		parent.items = append(parent.items, it)
		return
	}
	f.items = append(f.items, it)
}

// reserved are ids that mean something else in a flow.
var reserved = []string{"end", "stop", "human", "skip", "yes", "no", "item", "round", "profile", "input", "account", "doctor", "answer", "left", "else",
	"and", "or", "not", "in", "has", "is", "empty", "true", "false", "now", "today", "if", "min", "max", "abs", "len", "count", "sum", "score", "ln", "exp",
	"pow", "days_between", "consent", "ae", "lead", "verify", "price", "rep"}

// free makes a legal id of a foreign name that is not in use.
func (f *form) free(name string) string {
	id := legal(name, "q")
	for n, base := 2, id; f.taken[id] || contains(reserved, id); n++ {
		id = base + "_" + strconv.Itoa(n)
	}
	f.taken[id] = true
	return id
}

// code gives every choice of an item a legal value of its own.
func (f *form) code(it *item) {
	seen := map[string]bool{}
	for i := range it.choices {
		c := &it.choices[i]
		code := legal(c.value, "v")
		if code == "v" && c.value != "v" {
			code = "v" + strconv.Itoa(i+1) // a value in Chinese
		}
		for n, base := 2, code; seen[code] || contains(reserved, code); n++ {
			code = base + "_" + strconv.Itoa(n)
		}
		seen[code], c.code = true, code
	}
}

// legal keeps letters, digits and _ of a name; a name without any becomes the stem.
func legal(name, stem string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_', r >= '0' && r <= '9' && b.Len() > 0:
			b.WriteRune(r)
		case r >= '0' && r <= '9':
			b.WriteString(stem)
			b.WriteRune(r)
		case r == '-', r == '.', r == ' ':
			b.WriteByte('_')
		}
		if b.Len() >= 40 {
			break
		}
	}
	if id := strings.Trim(b.String(), "_"); id != "" {
		return id
	}
	return stem
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// find looks a foreign name up, and the choice of an item by its foreign value.
func (f *form) find(name string) *item { return f.byName[name] }

func (it *item) choice(value string) *choice {
	for i := range it.choices {
		if it.choices[i].value == value {
			return &it.choices[i]
		}
	}
	return nil
}

// sure tells that an item has a value wherever it is looked at: it is required and asked of everybody.
func (it *item) sure() bool {
	for p := it; p != nil; p = p.parent {
		if len(p.when) > 0 || (p != it && p.kind == "block") {
			return false
		}
	}
	return it.kind == "set" || it.needed
}

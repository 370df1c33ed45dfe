package flows

import (
	"cmp"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/vrep/vrep/flows/cond"
)

// fact is one line of the canonical form.
type fact struct {
	path, value string
	shown       bool // words: they belong to the text, not to the shape
}

func (x fact) line() string {
	if x.shown {
		return x.path + " ~ " + x.value
	}
	return x.path + " = " + x.value
}

// canon collects the facts of a flow. It reads the exported fields of the model, so that a new key of the language is part of the shape without
// anybody's doing, and a new Text part of the text. Zero values are left out. What a field's tag may say:
//
//	canon:"text"   words for people: text
//	canon:"shape"  a Text that gives a value rather than words: shape
//	canon:"asks"   a Text which by being there adds a turn to the talk: text, and its presence is shape
//	canon:"set"    the order of the entries means nothing
//	canon:"name"   the name of an entry of a list: said already
//	canon:"-"      no part of a version
type canon struct {
	lib   *Library
	facts []fact
}

// canonical lists the facts of a flow in a stable order.
func canonical(f *Flow) []fact {
	w := &canon{lib: f.lib}
	w.fields("flow", reflect.ValueOf(f).Elem(), nil)
	if len(f.off) > 0 {
		w.shape("flow.commands.off", strings.Join(slices.Sorted(slices.Values(f.off)), ", "))
	}
	for _, name := range sortedKeys(f.wording) {
		w.list("flow.commands."+name, reflect.ValueOf(f.wording[name]), "text")
	}
	w.steps("", f.Steps)
	w.said(f)
	return w.facts
}

func (w *canon) shape(path, value string) {
	w.facts = append(w.facts, fact{path: path, value: value})
}

func (w *canon) text(path, words string) {
	w.facts = append(w.facts, fact{path: path, value: strconv.Quote(words), shown: true})
}

// said lists the translations of the flow and of the lists that it prints.
func (w *canon) said(f *Flow) {
	for _, tr := range w.lib.translationsOf(f) {
		for _, s := range tr.slots(w.lib) {
			if e := tr.said[s.key]; e.stands() {
				w.text(tr.lang+"."+tr.list+"."+s.key, strings.Join(e.words, "\n"))
			}
		}
	}
}

// steps lists steps in their order, named by id, or by kind and number among those of their kind.
func (w *canon) steps(prefix string, steps []*Step) {
	count := map[string]int{}
	for _, s := range steps {
		name := s.ID
		if name == "" {
			count[s.Kind]++
			name = s.Kind + "#" + itoa(count[s.Kind])
		}
		w.step(prefix+name, s)
	}
}

func (w *canon) step(path string, s *Step) {
	w.shape(path, s.Kind)
	w.value(path+".when", reflect.ValueOf(s.When), "")
	switch body := s.Body.(type) {
	case nil:
	case *SetStep:
		w.pairs(path, body)
	case *Question:
		w.question(path, *body)
	case *CallStep:
		w.fields(path, reflect.ValueOf(body).Elem(), nil)
		if callee := w.lib.flows[body.Flow]; callee != nil {
			w.shape(path+".flow.shape", callee.shape)
			w.facts = append(w.facts, fact{path: path + ".flow.text", value: callee.text, shown: true})
		}
	default:
		w.fields(path, reflect.ValueOf(body).Elem(), nil)
	}
	w.value(path+".next", reflect.ValueOf(s.Next), "")
	if s.Goto != "" {
		w.shape(path+".goto", s.Goto)
	}
	if s.limited {
		w.shape(path+".max_visits", itoa(s.MaxVisits))
	}
}

// question lists what differs from a question of which only the type is written. The options of a printed list are the question's own; the entries of a
// look-up are master data and no part of a version.
func (w *canon) question(path string, q Question) {
	if q.Type == "lookup" {
		q.Choices = nil
	} else {
		q.List = ""
	}
	without := reflect.ValueOf(newQuestion()).Elem()
	w.fields(path, reflect.ValueOf(q), &without)
}

// pairs lists computed values by name. Their order counts only where one uses another that stands before it.
func (w *canon) pairs(path string, set *SetStep) {
	var lines []fact
	for i, p := range set.Pairs {
		value := cond.Canonical(p.Expr.src)
		for _, before := range set.Pairs[:i] {
			if p.Expr.x != nil && contains(p.Expr.x.Names(), before.Name) {
				value += " (after " + before.Name + ")"
			}
		}
		lines = append(lines, fact{path: path + "." + p.Name, value: value})
	}
	slices.SortStableFunc(lines, func(a, b fact) int { return strings.Compare(a.path, b.path) })
	w.facts = append(w.facts, lines...)
}

// fields lists the exported fields of a struct that differ from what they are without the author.
func (w *canon) fields(path string, v reflect.Value, without *reflect.Value) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		tag := field.Tag.Get("canon")
		x := v.Field(i)
		if !field.IsExported() || tag == "-" || tag == "name" || x.IsZero() && without == nil {
			continue
		}
		if without != nil && reflect.DeepEqual(x.Interface(), without.Field(i).Interface()) {
			continue
		}
		w.value(path+"."+snake(field.Name), x, tag)
	}
}

// value lists one value of the model.
func (w *canon) value(path string, v reflect.Value, tag string) {
	if w.plain(path, v, tag) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if v.Elem().Kind() == reflect.Struct {
			w.shape(path, "given")
		}
		w.value(path, v.Elem(), tag)
	case reflect.Struct:
		w.fields(path, v, nil)
	case reflect.Slice, reflect.Array:
		w.list(path, v, tag)
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			w.value(path+"."+key.String(), v.MapIndex(key), tag)
		}
	case reflect.String:
		w.words(path, v.String(), tag)
	default:
		w.shape(path, fmt.Sprint(v.Interface()))
	}
}

// words lists a string: words for people, or a word of the language.
func (w *canon) words(path, s, tag string) {
	if tag == "asks" {
		w.shape(path, "asked")
	}
	if tag == "asks" || tag == "text" {
		w.text(path, s)
		return
	}
	w.shape(path, s)
}

// plain lists the values that have a form of their own.
func (w *canon) plain(path string, v reflect.Value, tag string) bool {
	switch x := v.Interface().(type) {
	case *Text:
		if x == nil {
			return true
		}
		if tag == "shape" {
			w.shape(path, strconv.Quote(x.src))
			return true
		}
		w.words(path, x.src, cmp.Or(tag, "text"))
	case *Expr:
		if x != nil {
			w.shape(path, cond.Canonical(x.src))
		}
	case *Flow: // the steps of a block
		if x != nil {
			w.steps(path+".", x.Steps)
		}
	case *regexp.Regexp:
		if x != nil {
			w.shape(path, strconv.Quote(x.String()))
		}
	case cond.Type:
		w.shape(path, x.Kind.String())
	case cond.Value:
		w.shape(path, strconv.Quote(x.Str()))
	case time.Time:
		w.facts = append(w.facts, fact{path: path, value: x.Format(time.DateOnly), shown: tag == "text"})
	default:
		return false
	}
	return true
}

// list lists the entries: those with a name of their author's by name after one line with their order, others by number.
func (w *canon) list(path string, v reflect.Value, tag string) {
	order := make([]int, v.Len())
	names := make([]string, v.Len())
	named := v.Len() > 0
	for i := range order {
		order[i] = i
		names[i] = entryName(v.Index(i))
		named = named && names[i] != ""
	}
	if tag == "set" {
		slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(names[a], names[b]) })
	}
	if named && tag != "text" {
		sorted := make([]string, len(order))
		for i, at := range order {
			sorted[i] = names[at]
		}
		w.shape(path, strings.Join(sorted, ", "))
	}
	for n, at := range order {
		switch entry := v.Index(at); {
		case !named || tag == "text":
			w.value(path+"["+itoa(n+1)+"]", entry, tag)
		case entry.Kind() == reflect.Struct:
			w.fields(path+"."+names[at], entry, nil)
		}
	}
}

// entryName is what an entry of a list is called by its author: a code, a name, a class. Words name themselves. "" = it has no name.
func entryName(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		if isName(v.String()) {
			return v.String()
		}
		return strconv.Quote(v.String())
	case reflect.Struct:
		for _, field := range nameFields {
			if x := v.FieldByName(field); x.IsValid() && x.Kind() == reflect.String {
				return x.String()
			}
		}
	}
	return ""
}

// nameFields are the fields by which entries of lists are named.
var nameFields = []string{"Code", "Name", "Value"}

// snake turns MaxRetry into max_retry, as keys are written.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 && !unicode.IsUpper(rune(name[i-1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

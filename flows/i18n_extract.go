package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/vrep/vrep/flows/lint"
)

// Translation is one file of translations as it should be: every key, what is translated already, the base text above each entry.
type Translation struct {
	File  string // within the folder
	Flow  string // id of the flow or list; "" = the words of the house
	Lang  string
	Data  []byte
	All   int // texts that have to be translated
	Empty int // of these not translated yet
	Stale int // translated from words that have changed since
}

// Translations makes the files of translations for a language: for every flow with the language in "also", the lists that it prints and the words of
// the house. What is translated stays; an entry whose step has moved or got another name is found again by its base text.
func (lib *Library) Translations(lang string) []Translation {
	var out []Translation
	for _, w := range lib.works(lang) {
		out = append(out, w.extract())
	}
	return out
}

// Percent is the share of the texts that are translated and up to date, rounded down.
func (tr *Translation) Percent() int {
	if tr.All == 0 {
		return 100
	}
	return 100 * (tr.All - tr.Empty - tr.Stale) / tr.All
}

// Line is one line about the state of the translation, for people.
func (tr *Translation) Line() string {
	return lint.Phrase("i18n_line", "what", work{name: tr.Flow}.title(), "lang", tr.Lang, "percent", itoa(tr.Percent()), "done", itoa(tr.All-tr.Empty-tr.Stale),
		"all", itoa(tr.All), "stale", positive(tr.Stale))
}

// Wrote is one line for people about the file that was written.
func (tr *Translation) Wrote(file string) string {
	return lint.Phrase("i18n_wrote", "file", file, "all", itoa(tr.All), "empty", itoa(tr.Empty), "stale", positive(tr.Stale))
}

func positive(n int) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// saidFile is a file of translations in the making.
type saidFile struct {
	w     work
	moved map[string]string // key → key under which its translation stands in the old file
	texts strings.Builder
	of    strings.Builder
	out   Translation
}

func (w work) extract() Translation {
	f := &saidFile{w: w, moved: w.moved(), out: Translation{File: w.file(), Flow: w.name, Lang: w.lang}}
	used := map[string]bool{}
	for _, s := range w.slots {
		key := s.key
		if from := f.moved[key]; from != "" {
			key = from
		}
		used[key] = true
		f.entry(s, key)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n", lint.Phrase("i18n_head"))
	switch {
	case w.list:
		fmt.Fprintf(&b, "list: %s\n", w.name)
	case w.name != "":
		fmt.Fprintf(&b, "flow: %s\n", w.name)
	}
	fmt.Fprintf(&b, "lang: %s\ntexts:\n%s", w.lang, f.texts.String())
	f.gone(&b, used)
	if f.of.Len() > 0 {
		fmt.Fprintf(&b, "of:\n%s", f.of.String())
	}
	f.out.Data = []byte(b.String())
	return f.out
}

// moved finds entries again whose key has changed: by the base text that they were translated from.
func (w work) moved() map[string]string {
	out, from := map[string]string{}, map[string]string{}
	if w.tr == nil {
		return out
	}
	home := map[string]string{}
	for _, s := range w.slots {
		home[s.key] = fingerprint(s.src)
	}
	for _, key := range w.tr.order {
		if base, _, ok := strings.Cut(w.tr.of[key], "-"); ok && home[key] != base && w.tr.said[key].stands() {
			from[base] = key
		}
	}
	for _, s := range w.slots {
		key := from[fingerprint(s.src)]
		if key == "" || w.entry(s).stands() && strings.HasPrefix(w.tr.of[s.key], fingerprint(s.src)) {
			continue
		}
		if _, taken := out[key]; !taken {
			out[s.key] = key
		}
	}
	return out
}

// entry writes one text; key is where its translation stands in the old file.
func (f *saidFile) entry(s slot, key string) {
	var e *entry
	if f.w.tr != nil {
		e = f.w.tr.said[key]
	}
	if key == s.key && f.displaced(key) {
		e = nil // what stands here belongs to another text now
	}
	stale := e.stands() && key == s.key && f.w.stale(s)
	if !s.optional {
		f.out.All++
		if !e.stands() {
			f.out.Empty++
		}
	}
	if stale {
		f.out.Stale++
		fmt.Fprintf(&f.texts, "  # [%s]\n", lint.Phrase("i18n_stale"))
	}
	for _, line := range strings.Split(strings.TrimRight(s.src, "\n"), "\n") {
		fmt.Fprintf(&f.texts, "  # %s\n", line)
	}
	switch {
	case s.list && e.stands():
		fmt.Fprintf(&f.texts, "  %s: [%s]\n", s.key, strings.Join(quoted(e.words), ", "))
	case s.list:
		fmt.Fprintf(&f.texts, "  %s: []\n", s.key)
	case e.stands():
		fmt.Fprintf(&f.texts, "  %s: %s\n", s.key, yamlText(e.words[0]))
	default:
		fmt.Fprintf(&f.texts, "  %s: \"\"\n", s.key)
	}
	if !e.stands() {
		return
	}
	mark := fingerprint(s.src) + "-" + fingerprint(strings.Join(e.words, "\n"))
	if stale {
		mark = f.w.tr.of[s.key]
	}
	fmt.Fprintf(&f.of, "  %s: %s\n", s.key, mark)
}

// displaced reports an entry that was found to belong to another key.
func (f *saidFile) displaced(key string) bool {
	for to, from := range f.moved {
		if from == key && to != key {
			return true
		}
	}
	return false
}

// gone keeps what no text needs any more as comments, and further words of options that the base language has none of as they are.
func (f *saidFile) gone(b *strings.Builder, used map[string]bool) {
	if f.w.tr == nil {
		return
	}
	options := map[string]bool{}
	for _, s := range f.w.slots {
		options[s.key+".aka"] = true
	}
	for _, key := range f.w.tr.order {
		e := f.w.tr.said[key]
		switch {
		case used[key] || !e.stands() || f.displaced(key):
		case options[key]:
			fmt.Fprintf(b, "  %s: [%s]\n", key, strings.Join(quoted(e.words), ", "))
		default:
			fmt.Fprintf(b, "  # [%s] %s: %s\n", lint.Phrase("i18n_gone"), key, strings.ReplaceAll(strings.Join(e.words, " "), "\n", " "))
		}
	}
}

var rePlainText = regexp.MustCompile(`^[A-Za-z\p{Han}\p{L}][^\n:#"'\[\]{},&*!|>%@\x60\\]*$`)

// yamlText writes a text as a YAML value.
func yamlText(s string) string {
	lines := strings.Split(s, "\n")
	block := len(lines) > 1 && !slices.ContainsFunc(lines, func(l string) bool {
		return strings.TrimSpace(l) != l || l == "" || strings.ContainsFunc(l, func(r rune) bool { return r < ' ' || r == '\u0085' || r == '\u2028' || r == '\u2029' })
	})
	switch {
	case block:
		return "|-\n    " + strings.Join(lines, "\n    ")
	case rePlainText.MatchString(s) && strings.TrimSpace(s) == s && !contains(yamlWords, strings.ToLower(s)) && strconv.Quote(s) == `"`+s+`"`:
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`, "\u0085", `\N`, "\u2028", `\L`, "\u2029", `\P`).Replace(s) + `"`
}

// yamlWords mean something else than their letters when they stand alone.
var yamlWords = []string{"true", "false", "yes", "no", "on", "off", "null", "y", "n"}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = yamlText(w)
		if strings.Contains(out[i], "\n") {
			out[i] = strconv.Quote(w)
		}
	}
	return out
}

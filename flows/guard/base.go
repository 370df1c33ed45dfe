package guard

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// shipped reads the embedded files once; a test reads them first, so that a mistake in them never reaches a doctor.
var shipped = sync.OnceValue(func() *base {
	b, err := readBase()
	if err != nil {
		panic("guard: the embedded words are broken: " + err.Error())
	}
	return b
})

func readBase() (*base, error) {
	b := &base{words: newLexicon(), asks: newLexicon(), body: newLexicon(), simple: map[rune]rune{}, letters: map[string][]rune{}}
	all := map[string][]string{}
	var sound []string
	names, err := dataFiles.ReadDir("data")
	if err != nil {
		return nil, fmt.Errorf("listing words: %w", err)
	}
	for _, f := range names {
		data, err := dataFiles.ReadFile(path.Join("data", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading words: %w", err)
		}
		file := map[string]any{}
		if err = yaml.Unmarshal(data, &file); err != nil {
			return nil, fmt.Errorf("reading %s: %w", f.Name(), err)
		}
		if f.Name() == bodyFile {
			if err := b.readBody(file); err != nil {
				return nil, err
			}
			continue
		}
		for group, value := range file {
			switch group {
			case "simple":
				b.pairs(fmt.Sprint(value))
			case "sound":
				sound = flat(value)
			case "records":
				b.records = flat(value)
			case "limits":
				if b.limits, err = readLimits(value); err != nil {
					return nil, fmt.Errorf("reading %s: %w", f.Name(), err)
				}
			case "perfect", "asking", "inside", "degree", "rather", "denying", "digits", "powers", "pair", "point", "each", "whose", "units", "handled", "wrongly", "still", "fallen", "tens", "pills", "lacking", "counters", "as", "eaten", "asday", "many", "few", "surnames", "called", "behind":
				b.letters[group] = []rune(fmt.Sprint(value))
			default:
				if _, ok := groups[group]; !ok {
					return nil, fmt.Errorf("reading %s: unknown group %q", f.Name(), group)
				}
				all[group] = append(all[group], flat(value)...)
			}
		}
	}
	for _, group := range slices.Sorted(maps.Keys(all)) {
		for _, w := range all[group] {
			text := b.folded(w)
			b.words.add(text, groups[group])
			if group == "ask" && (utf8.RuneCountInString(text) > 1 || slices.Contains(b.letters["asking"], []rune(text)[0])) {
				b.asks.add(text, ask)
			}
		}
	}
	b.misspell(slices.Concat(all["strong"], all["noun"]), sound, func(wrong, _ string) { b.words.add(wrong, weak|typo) })
	b.misspell(all["lab"], sound, b.renamed)
	return b, nil
}

// flat lists the texts of a list of lists.
func flat(value any) []string {
	list, ok := value.([]any)
	if !ok {
		return []string{fmt.Sprint(value)}
	}
	var out []string
	for _, v := range list {
		out = append(out, flat(v)...)
	}
	return out
}

// pairs reads the characters that become another one.
func (b *base) pairs(text string) {
	rs := []rune(text)
	for i := 0; i+1 < len(rs); i += 2 {
		b.simple[rs[i]] = rs[i+1]
	}
}

// renamed adds the wrong name of a laboratory value as the right one.
func (b *base) renamed(wrong, right string) {
	b.words.add(wrong, b.words.of(right))
	if l, ok := b.limits[right]; ok {
		b.limits[wrong] = l
	}
}

// misspell adds the words with one character that sounds alike, unless that is a word already.
func (b *base) misspell(words, sound []string, add func(wrong, right string)) {
	alike := map[rune]string{}
	for _, group := range sound {
		for _, r := range group {
			alike[r] = group
		}
	}
	for _, w := range words {
		rs := []rune(b.folded(w))
		if len(rs) < 2 {
			continue
		}
		for i, r := range rs {
			for _, s := range alike[r] {
				wrong := slices.Clone(rs)
				wrong[i] = s
				if text := string(wrong); s != r && !b.words.known(text) {
					add(text, string(rs))
				}
			}
		}
	}
}

// folded is a word as texts are compared.
func (b *base) folded(w string) string {
	t := reading{base: b}
	t.fold(strings.TrimSpace(w))
	return string(t.runes)
}

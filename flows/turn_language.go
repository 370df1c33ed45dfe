package flows

import (
	"strings"

	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/cond"
)

const (
	languageField  = "language"  // portrait field with the code of the doctor's language
	languagePrefix = "language." // before the code: the command that switches to it
)

// house is the engine with the library as written: what people of the house read is said by it.
func (t *turn) house() *Engine {
	if t.e.home != nil {
		return t.e.home
	}
	return t.e
}

// language is what the doctor wants to be spoken to in: the last choice. Before consent it is a setting of the talk, then a field of the portrait.
func (t *turn) language() string {
	lang := t.st.Lang
	if lang == "" {
		lang = t.profile(languageField).Value.Str()
	}
	return t.house().lib.language(lang)
}

// language is the language of the house that a written code means: itself, or without its region (zh is zh-CN). Others are the one of the house.
func (lib *Library) language(code string) string {
	langs := lib.Languages()
	if contains(langs, code) {
		return code
	}
	for _, lang := range langs {
		if short, _, _ := strings.Cut(lang, "-"); code != "" && short == code {
			return lang
		}
	}
	return langs[0]
}

// spoken is an engine in the doctor's language if the flow at hand has it, else in the flow's own.
func (t *turn) spoken(house *Engine) *Engine {
	if len(house.lib.spoken) == 0 {
		return house
	}
	lang := t.tongue
	if flow := t.topFlow(); flow != nil {
		if root := flow.root(); !root.speaks(lang) && (root.Lang != "" || lang != house.lib.baseLang()) {
			lang = root.Lang
		}
	}
	view := house.lib.spoken[lang]
	if view == nil {
		return house
	}
	if t.e.lib == view {
		return t.e
	}
	return &Engine{lib: view, home: house, lang: lang, solo: house.solo, watch: house.watch}
}

// speakBy lets the turn go on by an engine.
func (t *turn) speakBy(e *Engine) {
	if t.e.lang != e.lang {
		t.flows = nil
	}
	t.e = e
}

// asHouse lets do run with everything in the language of the house.
func (t *turn) asHouse(do func()) {
	if t.e.home == nil {
		do()
		return
	}
	e := t.e
	t.speakBy(e.home)
	defer func() { t.speakBy(e) }()
	do()
}

// asDoctor lets do run in the doctor's language, within asHouse.
func (t *turn) asDoctor(do func()) {
	e := t.e
	t.tune()
	defer func() { t.speakBy(e) }()
	do()
}

// flowOf finds the version of the flow that a frame runs, in the language of the talk.
func (t *turn) flowOf(f *Frame, caller *Flow) (*Flow, bool) {
	flow, lost := t.e.flowOf(f, caller)
	if flow != nil {
		flow = flow.in(t.e.lang)
	}
	return flow, lost
}

// houseLabel prints an answer to the step on top in the words of the house: records and portraits are read by its people.
func (t *turn) houseLabel(q *Question, g *Got) (label string) {
	t.asHouse(func() {
		if s := t.pendingStep(); s != nil {
			q = s.Body.(*Question)
		}
		label = t.gotLabel(q, g)
	})
	return label
}

// readBoth reads a text as an answer in the doctor's language, and what that does not know in the base language.
func (t *turn) readBoth(f *Frame, s *Step, text string) answer.Reading {
	rd := s.Body.(*Question).kind.read(t, f, s, text)
	if rd.Status != answer.Unclear {
		return rd
	}
	t.asHouse(func() {
		s := t.pendingStep()
		if s == nil || t.e.home != nil {
			return
		}
		if other := s.Body.(*Question).kind.read(t, f, s, text); other.Status == answer.OK || other.Status == answer.Offer {
			rd = other
		}
	})
	return rd
}

// speak switches the talk to a language and says again what is being waited for.
func (t *turn) speak(code string) {
	t.out.Command = languageField
	if t.consented("base") {
		t.write(Assign{Field: languageField, Value: cond.Text(code), Label: t.house().lib.LanguageName(code), From: languageField, Answer: -1, At: t.in.At})
	} else {
		t.st.Lang = code
	}
	t.tongue = t.language()
	t.tune()
	line := "language"
	if now := t.e.lang; now != code && !(now == "" && code == t.house().lib.baseLang()) {
		line = "language_none"
	}
	t.sayLine(line)
	t.again()
}

// switching reads a command word as the language that it asks for.
func switching(command string) (code string, ok bool) {
	return strings.CutPrefix(command, languagePrefix)
}

// LanguageName is what people call a language: the first of the words that switch to it, else its code.
func (lib *Library) LanguageName(code string) string {
	if words := lib.config.speech[code]; len(words) > 0 {
		return words[0]
	}
	return code
}

// Languages lists the codes of the languages of the house, its own first.
func (lib *Library) Languages() []string {
	if len(lib.config.Langs) > 0 {
		return lib.config.Langs
	}
	return []string{lib.baseLang()}
}

// houseText renders a text that people of the house read; "" when it is absent.
func (t *turn) houseText(f *Frame, x *Text) (text string) {
	t.asHouse(func() { text = t.optional(f, x) })
	return text
}

// houseLine fills a fixed line that people of the house read.
func (t *turn) houseLine(name, value string) (text string) {
	t.asHouse(func() { text = t.fill(name, "value", value) })
	return text
}

// fieldWords prints a field of the portrait in the language of the talk, where its values are options of a question; the portrait itself holds the
// words of the house.
func (t *turn) fieldWords(field string, k Known) string {
	q := t.e.lib.asks[field]
	if q == nil {
		return k.Label
	}
	for _, code := range k.Value.Items() {
		if _, ok := q.byCode[code]; !ok {
			return k.Label
		}
	}
	return q.kind.label(t.e, q, k.Value)
}

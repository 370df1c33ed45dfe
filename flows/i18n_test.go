package flows

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vrep/vrep/flows/answer"
	"github.com/vrep/vrep/flows/lint"
)

// copied is a folder in memory, so that a test may change it.
func copied(t *testing.T, dir string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	fsys := os.DirFS(dir)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func translatedLibrary(t *testing.T) *Library {
	t.Helper()
	lib, ps := Load(os.DirFS("testdata/i18n"))
	for _, p := range append(ps, Lint(lib, testNow)...) {
		t.Error("\n" + p.Text())
	}
	if t.Failed() {
		t.FailNow()
	}
	return lib
}

// edited replaces a text in a file of the folder.
func edited(t *testing.T, fsys fstest.MapFS, name, old, with string) {
	t.Helper()
	before := string(fsys[name].Data)
	after := strings.ReplaceAll(before, old, with)
	if before == after {
		t.Fatalf("%s does not hold %q", name, old)
	}
	fsys[name] = &fstest.MapFile{Data: []byte(after)}
}

// TestTranslatedTalks runs the cases of testdata/i18n: talks in English, switching before consent, in the middle and back, safety words in both languages.
func TestTranslatedTalks(t *testing.T) {
	r := RunTests(os.DirFS("testdata/i18n"), translatedLibrary(t), TestOptions{Now: testNow})
	if r.Cases < 8 {
		t.Errorf("%d cases", r.Cases)
	}
	for _, p := range lint.Errors(r.Problems) {
		t.Error("\n" + p.Text())
	}
}

// TestSpokenRecords: codes are stored whatever the language, what was asked stands as the doctor saw it, and what people of the house read stays in
// their language. The state goes through JSON at every step (see talker).
func TestSpokenRecords(t *testing.T) {
	k := newTalker(t, &Engine{lib: translatedLibrary(t), watch: true})
	k.facts.Level, k.facts.Consents = 2, map[string]string{"share_with_rep": "s1"}
	k.step(Input{Kind: InStart, Key: "survey"})
	k.say("English")
	if k.st.Lang != "en" {
		t.Fatalf("before consent the language is %q", k.st.Lang)
	}
	out := k.say("I agree")
	if k.st.Lang != "" || len(out.Profile) != 1 || out.Profile[0].Field != "language" || out.Profile[0].Value.Str() != "en" {
		t.Fatalf("at consent: %q, %+v", k.st.Lang, out.Profile)
	}
	out = k.say("2")
	if a := out.Answers[0]; a.Value.Str() != "other" || a.Label != "其他职称" || !strings.Contains(a.Asked, "2. Another title") {
		t.Errorf("recorded %+v", a)
	}
	if out.Profile[0].Label != "其他职称" || !strings.Contains(out.Reply(), "Another title, which department") {
		t.Errorf("portrait %+v, said %q", out.Profile, out.Reply())
	}
	out = k.say("其他", "Geriatrics", "I have", "alpha tablets, 乙片")
	if out.Accepted { // one list in two languages is not guessed at
		t.Errorf("taken: %+v", out.Answers)
	}
	out = k.say("1,2", "7", "3/1", "yes")
	if out = k.say("99"); !strings.Contains(out.Reply(), "number from 0 to 50") {
		t.Errorf("said %q", out.Reply())
	}
	out = k.say("不清楚", "不清楚", "2026-03-01", "yes", "8", "1h")
	if len(out.Leads) != 1 || out.Leads[0].Note != "其他职称 Another department (Geriatrics) 甲片、乙片" {
		t.Errorf("leads %+v", out.Leads)
	}
}

// TestSpokenReminder: reminders come in the language of the talk.
func TestSpokenReminder(t *testing.T) {
	p, err := NewPlayer(translatedLibrary(t), "survey", PlayerOptions{Lang: "en", Now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	p.Start()
	if turn := p.Wait(2 * time.Hour); !strings.Contains(turn.Reply(), "questions left") {
		t.Errorf("reminded %q", turn.Reply())
	}
	p.Speak("zh-CN")
	if turn := p.Send(Input{Kind: InText, Text: "继续"}); !strings.Contains(turn.Reply(), "我们会保存") {
		t.Errorf("said %q", turn.Reply())
	}
	if _, err := NewPlayer(translatedLibrary(t), "survey", PlayerOptions{Lang: "fr", Now: testNow}); err == nil {
		t.Error("a language that the house does not have is taken")
	}
}

// TestCorrectedTranslation: a corrected translation is another text of the same shape, reaches a running talk at once, and a kept version speaks it.
func TestCorrectedTranslation(t *testing.T) {
	folder := copied(t, "testdata/i18n")
	before := mustLoad(t, folder)
	edited(t, folder, "i18n/survey.en.yaml", "What is your title?", "Which title do you hold?")
	after := mustLoad(t, folder)
	a, b := before.Flow("survey"), after.Flow("survey")
	if a.Shape() != b.Shape() || a.TextHash() == b.TextHash() {
		t.Fatalf("%s and %s", a.Hash(), b.Hash())
	}
	k := newTalker(t, &Engine{lib: before, watch: true})
	k.step(Input{Kind: InStart, Key: "survey"})
	k.say("English", "I agree")
	k.e = &Engine{lib: after, watch: true}
	if out := k.say("repeat"); !strings.Contains(out.Reply(), "Which title do you hold?") {
		t.Errorf("said %q", out.Reply())
	}
	bundle, err := before.Bundle("survey")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"i18n/departments.en.yaml", "i18n/survey.en.yaml", "i18n/thanks.en.yaml"}; !slices.Equal(want, slices.DeleteFunc(slices.Sorted(maps.Keys(bundle.Files)),
		func(n string) bool { return !strings.HasPrefix(n, saidDir) })) {
		t.Errorf("bundle holds %v", slices.Sorted(maps.Keys(bundle.Files)))
	}
	kept, ps := LoadBundle(bundle)
	if kept == nil || kept.Flow("survey").in("en").Step("title").Body.(*Question).Ask.Source() != "What is your title?" {
		t.Errorf("kept version: %v", ps)
	}
}

// TestSwappedTranslation: when a corrected translation gives the words of one option to another while they stand on the screen, the question is asked again.
func TestSwappedTranslation(t *testing.T) {
	folder := copied(t, "testdata/i18n")
	before := mustLoad(t, folder)
	edited(t, folder, "i18n/survey.en.yaml", "Another title", "Some title")
	edited(t, folder, "i18n/survey.en.yaml", "Chief physician", "Another title")
	edited(t, folder, "i18n/survey.en.yaml", "Some title", "Chief physician")
	after := mustLoad(t, folder)
	e, err := NewEngine(after, func(string) (*Library, error) { return before, nil })
	if err != nil {
		t.Fatal(err)
	}
	k := newTalker(t, &Engine{lib: before, watch: true})
	k.step(Input{Kind: InStart, Key: "survey"})
	k.say("English", "I agree")
	k.e = e
	if out := k.say("chief physician"); out.Accepted || len(out.Answers) > 0 || !strings.Contains(out.Reply(), "just been updated") {
		t.Errorf("answers %+v, said %q", out.Answers, out.Reply())
	}
}

// TestExtract: what is there stays, a new text comes empty, one whose base has changed is marked, a moved one is found again.
func TestExtract(t *testing.T) {
	folder := copied(t, "testdata/i18n")
	for _, tr := range mustLoad(t, copied(t, "testdata/sample")).Translations("en") {
		if tr.Percent() != 100 {
			t.Errorf("the sample folder: %s", tr.Line())
		}
	}
	for _, tr := range mustLoad(t, folder).Translations("en") {
		if diff := cmp.Diff(string(folder[tr.File].Data), string(tr.Data)); diff != "" || tr.Percent() != 100 {
			t.Errorf("%s is not as it was (-want +got):\n%s", tr.File, diff)
		}
	}
	edited(t, folder, "survey.yaml", "ask: 用过哪些？", "ask: 用过哪几种？")
	edited(t, folder, "survey.yaml", "  - say: 您好，我是虚拟代表。\n", "  - say: 早上好。\n  - say: 您好，我是虚拟代表。\n")
	edited(t, folder, "survey.yaml", "id: feel", "id: content")
	var got Translation
	lib, ps := Load(folder) // the keys of the renamed question are unknown now
	if !slices.ContainsFunc(ps, func(p Problem) bool { return p.Code == "I700" }) {
		t.Errorf("findings %v", ps)
	}
	for _, tr := range lib.Translations("en") {
		if tr.Flow == "survey" {
			got = tr
		}
	}
	text := string(got.Data)
	for _, want := range []string{"  # 早上好。\n  +1.say: \"\"\n", "  +2.say: \"Hello, I am a virtual representative.\"\n", "  # [原文改了，请核对译文]\n  # 用过哪几种？\n  products.ask: Which ones?\n",
		"  content.ask: How satisfied are you?\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if got.Empty != 1 || got.Stale != 1 || !strings.Contains(got.Line(), "93%") {
		t.Errorf("%d empty, %d stale: %s", got.Empty, got.Stale, got.Line())
	}
	folder[got.File] = &fstest.MapFile{Data: got.Data}
	edited(t, folder, got.File, "products.ask: Which ones?", "products.ask: Which of these?") // translated anew: no longer stale
	for _, tr := range mustLoad(t, folder).Translations("en") {
		if tr.Flow == "survey" && (tr.Stale != 0 || strings.Contains(string(tr.Data), "[原文改了")) {
			t.Errorf("still stale:\n%s", tr.Data)
		}
	}
}

// TestYAMLText: whatever a translator writes comes back from the file as it went in.
func TestYAMLText(t *testing.T) {
	for _, s := range []string{"Plain words.", "Yes", "no", "a: b", "a #b", "- x", "1", "它说“好”", "say \"x\"\\n", "two\nlines", " lead", "tail ", "a\n\nb", "null", "{x}", "a\tb", "a\u2028b", "?", "${x or \"y\"}",
		"line\n  indented", "~", "2026-01-01", "end:", "`x`", "a\u0085b"} {
		fsys := fstest.MapFS{"f.yaml": {Data: []byte("flow: f\nalso: [en]\nsteps:\n  - say: 您好。\n  - end: done\n")}, "_config.yaml": {Data: []byte("langs: [zh-CN, en]\n")},
			"i18n/f.en.yaml": {Data: []byte("flow: f\nlang: en\ntexts:\n  +1.say: " + yamlText(s) + "\n")}}
		lib, ps := Load(fsys)
		if len(lib.said) != 1 || lib.said[0].said["+1.say"] == nil || len(lib.said[0].said["+1.say"].words) != 1 {
			t.Errorf("%q is lost: %v", s, ps)
			continue
		}
		if got := lib.said[0].said["+1.say"].words[0]; got != s {
			t.Errorf("%q came back as %q from %s", s, got, yamlText(s))
		}
	}
}

// TestBuiltInEnglish: the English words of the program are complete, print the same names, and hold no Chinese.
func TestBuiltInEnglish(t *testing.T) {
	lib := mustLoad(t, fstest.MapFS{})
	tr := builtIn(lib, "en")
	if tr == nil {
		t.Fatal("no English")
	}
	keys := map[string]bool{}
	for _, s := range lib.houseSlots() {
		keys[s.key] = true
		e := tr.said[s.key]
		if !s.optional && !e.stands() {
			t.Errorf("no %s", s.key)
		}
		if e.stands() && !s.list {
			x := &Text{src: e.words[0]}
			x.link(with{newScope(lib, nil), textNames(s.names...)}, lib.funcs, func(_ place, key string, args ...string) { t.Errorf("%s: %s %v", s.key, key, args) })
			if lost := without(x.looksAt(), s.names); len(lost) > 0 {
				t.Errorf("%s prints %v", s.key, lost)
			}
		}
	}
	for key, e := range tr.said {
		if !keys[key] {
			t.Errorf("%s translates nothing", key)
		}
		for _, w := range e.words {
			if strings.ContainsFunc(w, func(r rune) bool { return r > 0x2e80 }) {
				t.Errorf("%s: %q", key, w)
			}
		}
	}
}

// TestSpokenDates: the reader reads as before and writes English.
func TestSpokenDates(t *testing.T) {
	r, err := answer.New()
	if err != nil {
		t.Fatal(err)
	}
	en, err := r.Spoken("en")
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{"2026-03-11": "Wednesday, 11 March 2026", "2026-03-11/pm": "Wednesday, 11 March 2026 afternoon", "2026-03-11T09:30": "Wednesday, 11 March 2026 09:30",
		"any": "any time", "x": "x"} {
		if got := en.SayDate(value); got != want {
			t.Errorf("%s is said as %q", value, got)
		}
	}
	if got := en.Date("下周三", testNow, answer.DateOptions{Future: true}); got.Value.Str() != "2026-03-11" || r.SayDate("2026-03-11") != "2026年3月11日 星期三" {
		t.Errorf("read %+v, said %s", got, r.SayDate("2026-03-11"))
	}
	if same, err := r.Spoken("xx"); err != nil || same != r {
		t.Errorf("a language without a table: %v", err)
	}
}

// TestStateLanguage: the language before consent is part of the state.
func TestStateLanguage(t *testing.T) {
	b, err := json.Marshal(&State{Lang: "en"})
	if err != nil || string(b) != `{"u":"en"}` {
		t.Errorf("%s, %v", b, err)
	}
}

// TestEveryTextHasAKey: whatever a flow says to doctors can be translated: every text of the shipped flows and of the sample talks has a key of its own,
// and a translation under it comes out where the base text was.
func TestEveryTextHasAKey(t *testing.T) {
	for _, dir := range []string{"library", "testdata/talk"} {
		folder := copied(t, dir)
		for name, f := range folder {
			if !strings.Contains(name, "/") && strings.HasPrefix(string(f.Data), "flow: ") || strings.Contains(string(f.Data), "\nflow: ") && !strings.Contains(name, "/") {
				folder[name] = &fstest.MapFile{Data: append(f.Data, "\nalso: [en]\n"...)}
			}
		}
		config := string(folder["_config.yaml"].Data)
		config = strings.Replace(config, "langs: [zh-CN]\n", "", 1) + "\nlangs: [zh-CN, en]\n"
		folder["_config.yaml"] = &fstest.MapFile{Data: []byte(config)}
		lib := mustLoad(t, folder)
		for _, f := range lib.Flows() {
			everyText(t, f)
		}
		for _, w := range lib.works("en") {
			var b strings.Builder
			for _, s := range w.slots {
				words := []string{"en " + s.src}
				if s.list {
					b.WriteString("  " + s.key + ": [" + strings.Join(quoted(words), ", ") + "]\n")
				} else {
					b.WriteString("  " + s.key + ": " + yamlText(words[0]) + "\n")
				}
			}
			head := map[bool]string{true: "list: ", false: "flow: "}[w.list] + w.name + "\n"
			if w.name == "" {
				head = ""
			}
			folder[w.file()] = &fstest.MapFile{Data: []byte(head + "lang: en\ntexts:\n" + b.String())}
		}
		said := mustLoad(t, folder)
		for _, w := range said.works("en") {
			if w.tr == nil || w.lacks() > 0 {
				t.Errorf("%s %s lacks %d", dir, w.name, w.lacks())
				continue
			}
			base := map[string]string{}
			for _, s := range w.slots {
				if _, twice := base[s.key]; twice {
					t.Errorf("%s: key %s twice", w.file(), s.key)
				}
				base[s.key] = s.src
			}
			for _, s := range w.tr.slots(said.spoken["en"]) {
				if want, ok := base[s.key]; ok && !s.list && !strings.HasPrefix(s.key, "account.") && s.src != "en "+want {
					t.Errorf("%s: %s is %q", w.file(), s.key, s.src)
				}
			}
		}
	}
}

// everyText looks for texts of a flow that have no key.
func everyText(t *testing.T, f *Flow) {
	t.Helper()
	keyed := map[place]bool{}
	for _, s := range f.slots() {
		keyed[s.at] = true
	}
	f.Walk(func(_ *Flow, s *Step) {
		for _, x := range s.texts {
			if s.said() && !keyed[x.at] {
				t.Errorf("%s: %q has no key", f.ID, x.src)
			}
		}
	})
}

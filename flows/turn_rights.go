package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/answer"
)

// rights are the commands by which doctors use what the law gives them (Personal Information Protection Law, articles 15, 16, 24, 44 to 48). They are heard in
// every state of a talk, no flow can switch them off, and what had waited is asked again afterwards.
var rights = []string{"my_data", "my_tags", "withdraw", "personal_off", "personal_on", "export", "erase"}

// confirmedRights are questions of the engine that a right asks before it does something.
var confirmedRights = []string{"erase", "personal_on", "withdraw_base"}

// Right is one use of a right of the doctor.
type Right struct {
	Kind   string // read, tag, withdraw, personal_off, personal_on, export, erase; "" = none was used
	Detail string // tag or purpose
	Open   bool   // a person has to do it
}

// Kinds of list that a doctor answers by a number.
const (
	listTags     = "tags"
	listWithdraw = "withdraw"
)

// right carries out a command of the doctor's rights.
func (t *turn) right(name string, cmd *command) {
	t.setListAside()
	switch {
	case name == "erase":
		t.st.Ask = &Ask{Kind: "command", Name: name, Under: t.st.Ask}
		t.prompt()
		return
	case !t.consented("base"):
		t.out.Right = Right{Kind: "read"}
		t.sayLine("no_data")
		t.waiting()
		return
	}
	switch name {
	case "my_data":
		t.out.Right = Right{Kind: "read"}
		t.sayCommand(cmd, name)
	case "my_tags":
		t.out.Right = Right{Kind: "read"}
		if t.list(listTags, t.shownTags()) {
			return
		}
		t.sayLine("tags_none")
	case "withdraw":
		if t.list(listWithdraw, t.agreedTo()) {
			return
		}
	case "personal_off":
		t.personalOff()
	case "personal_on":
		if !t.personal() || !t.consented(purposePortrait) {
			t.st.Ask = &Ask{Kind: "command", Name: name, Under: t.st.Ask}
			t.prompt()
			return
		}
		t.sayLine(name)
	case "export":
		t.export()
	}
	t.waiting()
}

// setListAside takes a list or a confirmation away: there is one at a time. A safety report that was offered stays offered.
func (t *turn) setListAside() {
	if a := t.st.Ask; a != nil && a.Kind != "offer" {
		t.st.Ask = a.Under
	}
}

// waiting asks again what had waited before a right was used.
func (t *turn) waiting() {
	if t.st.Ask != nil || t.pendingStep() != nil && t.st.Asleep == 0 {
		t.prompt()
	}
}

// list shows codes under numbers and waits for one; false: there are none.
func (t *turn) list(kind string, codes []string) bool {
	if len(codes) == 0 {
		return false
	}
	t.st.Ask = &Ask{Kind: kind, List: codes, Under: t.st.Ask}
	t.prompt()
	return true
}

// listed prints a list with its numbers.
func (t *turn) listed(a *Ask) string {
	text := t.fill(a.Kind + "_ask")
	for i, o := range t.listOptions(a) {
		text += "\n" + itoa(i+1) + ". " + o.Label
	}
	return text
}

func (t *turn) listOptions(a *Ask) []answer.Option {
	out := make([]answer.Option, len(a.List))
	for i, code := range a.List {
		out[i] = answer.Option{Code: code, Label: t.e.lib.PurposeLabel(code)}
		if a.Kind == listTags {
			out[i].Label, out[i].Aka = t.tagWords(code), []string{code, t.e.lib.TagLabel(code)}
		}
	}
	return out
}

// tagWords is a tag with the reason that its rule gives.
func (t *turn) tagWords(tag string) string {
	for _, info := range t.e.lib.Tags() {
		if info.Tag == tag && info.Why != "" {
			return t.fill("tag_why", "label", t.e.lib.TagLabel(tag), "reason", info.Why)
		}
	}
	return t.e.lib.TagLabel(tag)
}

// TagLabel is what doctors read for a tag: its label in classes.yaml, else its name with the group before the mark that stands between them.
func (lib *Library) TagLabel(tag string) string {
	for _, info := range lib.Tags() {
		if info.Tag == tag && info.Label != "" && info.Label != tag {
			return info.Label
		}
	}
	return strings.Replace(tag, "_", lib.line("pair_separator"), 1)
}

// shownTags are the tags on the doctor, but for those that the house keeps from doctors.
func (t *turn) shownTags() []string {
	var out []string
	for _, tag := range sortedKeys(t.facts.Tags) {
		if t.facts.Tags[tag] && t.e.lib.TagShown(tag) {
			out = append(out, tag)
		}
	}
	return out
}

// TagShown tells whether doctors may see a tag.
func (lib *Library) TagShown(tag string) bool {
	return !slices.ContainsFunc(lib.Tags(), func(i TagInfo) bool { return i.Tag == tag && !i.Visible })
}

// PurposeLabel is what people read for a purpose of consent: the line purpose_NAME of the fixed lines, else the name.
func (lib *Library) PurposeLabel(purpose string) string {
	if lib.config.texts[purposeLine+purpose] == nil {
		return purpose
	}
	return lib.line(purposeLine + purpose)
}

// purposeLine begins the names of the fixed lines that say what a purpose is.
const purposeLine = "purpose_"

// agreedTo are the purposes that the doctor agrees to, the base purpose last: with it everything ends.
func (t *turn) agreedTo() []string {
	var out []string
	for _, p := range t.e.lib.purposes() {
		if p != "base" && t.consented(p) {
			out = append(out, p)
		}
	}
	return append(out, "base")
}

// chose reads the answer to a list; true means that the message is dealt with. What is no answer counts as if nothing had been asked.
func (t *turn) chose(ask Ask, text, command string) bool {
	rd := t.e.lib.reader.Choices(t.listOptions(&ask)).One(text, false)
	no, clear := t.yesNo(text)
	switch {
	case command == "" && rd.Status == answer.OK:
		t.st.Ask = ask.Under
		t.use(ask.Kind, rd.Value.Str())
	case command == "quit", command == "skip", command == "back", command == "" && clear && !no:
		t.st.Ask = ask.Under
		t.sayLine("restart_no")
		t.waiting()
	case command == "repeat", command == "help", contains(rights, command):
		t.st.Ask = ask.Under
		if !contains(rights, command) {
			t.out.Command, t.st.Ask = command, &ask
			t.prompt()
			return true
		}
		t.do(command)
	default:
		if t.st.Ask = ask.Under; t.st.Ask != nil {
			return t.answerAsk(text, command)
		}
		return false
	}
	return true
}

// use does what a right was used for.
func (t *turn) use(kind, code string) {
	switch {
	case kind == listTags:
		t.out.Drop = append(t.out.Drop, code)
		t.out.Right = Right{Kind: "tag", Detail: code}
		t.sayLine("tag_dropped")
	case code == "base":
		t.st.Ask = &Ask{Kind: "command", Name: "withdraw_base", Under: t.st.Ask}
		t.prompt()
		return
	default:
		if t.consented(code) { // a page of the house may have been faster
			t.withdraw(code, t.fill("withdraw_ask"))
		}
		line := "withdrawn_" + code
		if t.e.lib.config.texts[line] == nil {
			line = "withdrawn"
		}
		t.sayLine(line)
	}
	t.waiting()
}

// meant goes on after a confirmation of a right.
func (t *turn) meant(name string, yes bool) {
	if !yes {
		t.sayLine("restart_no")
		t.waiting()
		return
	}
	switch name {
	case "erase":
		t.out.Right = Right{Kind: "erase"}
		t.out.Erase = true
		t.sayLine("erased")
		t.st, t.facts.Profile, t.facts.Tags, t.facts.Consents = State{}, nil, nil, nil
		return
	case "personal_on":
		t.out.Right = Right{Kind: name}
		t.decide(Consent{Purpose: purposePortrait, Policy: t.portrait().Policy, Granted: true, Asked: t.fill("personal_on_ask"), Raw: t.in.Text})
		t.raised = true
		t.sayLine(name)
	case "withdraw_base":
		t.withdraw("base", t.fill("withdraw_base_ask"))
		t.sayLine("withdrawn_base")
	}
	t.waiting()
}

// personal tells whether the doctor has left it open to be remembered by preferences.
func (t *turn) personal() bool {
	for _, c := range t.out.Consents {
		if c.Purpose == purposePortrait {
			return c.Granted
		}
	}
	return !t.facts.PersonalOff
}

// personalOff ends remembering by preferences, whether it was agreed to by name or came with another consent.
func (t *turn) personalOff() {
	t.out.Right = Right{Kind: "personal_off"}
	if t.personal() {
		t.withdraw(purposePortrait, t.fill("personal_on_ask"))
		t.out.Right.Kind = "personal_off"
	}
	t.sayLine("personal_off")
}

// export hands over the address of a copy of everything, or leaves it to a person.
func (t *turn) export() {
	t.out.Right = Right{Kind: "export", Open: t.facts.Export == ""}
	if t.facts.Export == "" {
		t.sayLine("export_person")
		return
	}
	t.say(t.fill("export", "value", t.facts.Export))
}

// withdraw takes a consent back, in the doctor's own words.
func (t *turn) withdraw(purpose, asked string) {
	t.out.Right = Right{Kind: "withdraw", Detail: purpose}
	had := t.consented(purpose)
	policy := t.facts.Consents[purpose]
	if policy == "" && purpose == purposePortrait {
		policy = t.portrait().Policy
	}
	t.decide(Consent{Purpose: purpose, Policy: policy, Asked: asked, Raw: t.in.Text})
	if purpose != "base" {
		if had {
			t.ceased(purpose)
		}
		return
	}
	if !t.urgent() {
		t.stopAll("stop")
	}
	t.refused = true
	t.emptyUnder()
	t.forget()
}

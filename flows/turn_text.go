package flows

import (
	"slices"
	"strings"

	"github.com/vrep/vrep/flows/answer"
)

// text is the path of a typed message: engine's own question, command words, listeners, the pending question, words that start a flow.
func (t *turn) text(text string) {
	if t.in.Lapsed {
		t.lapsed(text)
		return
	}
	name, isCommand := t.command(text)
	if t.closed(name, text) {
		return
	}
	if t.st.Ask != nil && t.answerAsk(text, name) {
		return
	}
	if isCommand {
		t.do(name)
		return
	}
	word := t.e.lib.reader.Normalise(text)
	if f := t.candidate("word", word); f != nil && f.Urgent && !t.running(f.ID) {
		t.begin(f)
		return
	}
	said := len(t.out.Says)
	if t.listen(text) {
		return
	}
	heard := len(t.out.Says) > said
	if t.renewed != "" {
		t.renew()
		return
	}
	if t.pendingStep() != nil {
		t.answer(t.in.Text, heard)
		return
	}
	if len(t.st.Frames) > 0 { // handed back without a question, or a version was lost
		t.advance()
		return
	}
	if f := t.candidate("word", word); f != nil {
		t.begin(f)
		return
	}
	if !heard && !t.welcome() {
		t.out.Accepted = false
		t.sayLine("idle")
	}
}

// command recognises a command word, unless the flow or the question takes it as content.
func (t *turn) command(text string) (string, bool) {
	var in *Flow
	if t.pendingStep() != nil && t.st.Ask == nil && t.st.Asleep == 0 {
		in = t.topFlow().root()
	}
	name, ok := t.e.lib.commandIn(in, text)
	if !ok {
		return "", false
	}
	if s := t.pendingStep(); s != nil && t.st.Ask == nil && t.st.Asleep == 0 { // while the talk sleeps nothing is content
		q := s.Body.(*Question)
		if q.picks(name) {
			return "", false
		}
		if !q.Commands && name != "human" && !contains(rights, name) {
			return "", false
		}
		if contains(t.topFlow().root().off, name) {
			return "", false
		}
	}
	return name, true
}

// closed handles doctors who are with a person or have opted out; true means that the message is dealt with.
func (t *turn) closed(command, text string) bool {
	if t.st.Asleep == 0 && !t.facts.OptedOut {
		return false
	}
	if t.st.Ask != nil && t.answerAsk(text, command) {
		return true
	}
	switch {
	case command == "opt_out", contains(rights, command):
		t.do(command)
	case t.facts.OptedOut && command == "opt_in":
		t.do(command)
	case t.facts.OptedOut && command == "human":
		t.do(command)
	case t.st.Asleep > 0 && command == "repeat":
		t.out.Command = command
		if t.facts.OptedOut && t.st.Idle() {
			t.st.Asleep = 0
			t.sayLine("opted_out_again") // awake, but there is nothing to go on with
			return true
		}
		t.wake("human_resumed")
	case len(t.st.Frames) > 0 && t.st.Asleep == 0: // an intake of a doctor who has opted out
		return false
	case t.listenReports(text), t.aside(text, true), t.aside(text, false):
	case t.facts.OptedOut:
		if !t.urgentWord(text) {
			t.sayLine("opted_out_again")
		}
	case t.st.Asleep > 0 && t.urgentWord(text):
	case t.st.Asleep == 1:
		t.st.Asleep = 2 // once is enough: a person is answering
		t.sayLine("human_waiting")
	}
	return true
}

// urgentWord starts an urgent flow by its word, whatever else is going on.
func (t *turn) urgentWord(text string) bool {
	f := t.candidate("word", t.e.lib.reader.Normalise(text))
	if f == nil || !f.Urgent {
		return false
	}
	t.beginUrgent(f)
	return true
}

// noText answers a picture, a voice message without words or anything else that is not text.
func (t *turn) noText() {
	if t.in.Text != "" && t.listenReports(t.in.Text) { // the title of a link, the label of a place
		t.keepWords(t.in.Text)
		return
	}
	if t.st.Asleep > 0 {
		return
	}
	if t.renewed != "" {
		t.renew()
		return
	}
	line := map[InputKind]string{InImage: "picture", InVoice: "voice_unclear"}[t.in.Kind]
	if line == "" {
		line = "unreadable"
	}
	if t.st.Ask != nil {
		t.out.Accepted = false
		t.sayLine(line)
		t.prompt()
		return
	}
	if s := t.pendingStep(); s != nil {
		f, q := t.top(), s.Body.(*Question)
		switch {
		case t.attached(f, s):
		case q.kind.takes != "" && t.in.Kind != q.kind.takes:
			t.refuse(s, t.retryLine(f, s, answer.Reading{Status: answer.Unclear}))
		default:
			t.refuse(s, t.lineText(line))
		}
		return
	}
	if t.in.Kind == InVoice {
		t.sayLine("voice_unclear")
		return
	}
	t.sayLine("thanks_attachment")
}

// keepWords adds words to the case at hand that are no answer of its intake.
func (t *turn) keepWords(words string) {
	if t.st.Case == "" || slices.ContainsFunc(t.out.Cases, func(c Case) bool { return c.Words == words }) {
		return
	}
	t.out.Cases = append(t.out.Cases, Case{No: t.st.Case, Words: words})
}

// listen lets the listeners hear a text. true means that the message is dealt with: a report was opened and its intake offered.
func (t *turn) listen(text string) bool {
	if !t.stirs(text) || t.printed(text) { // reading the options costs more than hearing that there is nothing
		return false
	}
	reporting := t.reporting() // then whatever is typed belongs to the report
	for _, ls := range t.e.lib.config.listen {
		if ls.Do == "report" && !reporting && !t.inside(ls.UnlessIn) && t.hears(ls, text) {
			return t.heard(ls, text)
		}
	}
	urgent := reporting || t.urgent()
	if !urgent && t.aside(text, true) {
		return true
	}
	if !urgent {
		t.complained(text)
	}
	said := len(t.out.Says)
	for _, ls := range t.e.lib.config.listen {
		if ls.Do != "report" && !t.inside(ls.UnlessIn) && t.hears(ls, text) && t.heard(ls, text) {
			return true
		}
	}
	return !urgent && len(t.out.Says) == said && t.aside(text, false)
}

// stirs tells whether anything in a text is for the guard or for a listener.
func (t *turn) stirs(text string) bool {
	return len(t.found(text)) > 0 || slices.ContainsFunc(t.e.lib.config.listen, func(ls *listener) bool { return t.hears(ls, text) })
}

// listenReports hears safety words only: they count in every state.
func (t *turn) listenReports(text string) bool {
	for _, ls := range t.e.lib.config.listen {
		if ls.Do == "report" && t.hears(ls, text) {
			t.heard(ls, text)
			return true
		}
	}
	return false
}

func (t *turn) inside(flows []string) bool {
	f := t.top()
	return f != nil && contains(flows, f.Flow)
}

// printed reports that a text is an option that we printed ourselves: choosing it tells nothing new.
func (t *turn) printed(text string) bool {
	s := t.pendingStep()
	if s == nil {
		return false
	}
	q := s.Body.(*Question)
	if q.reader == nil || (q.Type != "one" && q.Type != "many" && q.Type != "rank") {
		return false
	}
	rd := q.reader.One(text, false)
	return rd.Status == answer.OK && (rd.How == "label" || rd.How == "alias" || rd.How == "pair")
}

// heard does what a listener asks for; true means that the message is dealt with.
func (t *turn) heard(ls *listener, text string) bool {
	if ls.Tag != "" {
		t.tag(t.top(), "", ls.Tag, false)
	}
	switch ls.Do {
	case "report":
		t.openCase(text, ls.Within)
	case "answer":
		t.say(t.render(t.top(), ls.Say))
		return false
	case "notify":
		t.notify(t.top(), ls.To, t.houseLine("heard_notice", text))
		if ls.Say != nil {
			t.say(t.render(t.top(), ls.Say))
		}
		return false
	case "call":
		return t.callNow(ls)
	}
	if ls.Say != nil {
		t.say(t.render(t.top(), ls.Say))
	}
	if t.startable(ls.Call) == nil || t.running(ls.Call) {
		if ls.Do == "report" && ls.Say == nil {
			t.sayLine("case_opened")
		}
		if !t.st.Idle() {
			t.prompt()
		}
		return true
	}
	t.st.Ask = &Ask{Kind: "offer", Name: ls.ID, Case: t.st.Case}
	t.say(t.offerHint())
	return true
}

// callNow starts the flow of a listener at once; false when it runs already.
func (t *turn) callNow(ls *listener) bool {
	f := t.e.lib.flows[ls.Call]
	if f == nil || t.running(f.ID) || t.urgent() {
		return false
	}
	if ls.Say != nil {
		t.say(t.render(t.top(), ls.Say))
	}
	t.begin(f)
	return true
}

func (t *turn) offerHint() string { return t.fill("offer_hint") }

// answerAsk reads the answer to a question of the engine itself; true means that the message is dealt with.
func (t *turn) answerAsk(text, command string) bool {
	ask := *t.st.Ask
	if ask.List != nil {
		return t.chose(ask, text, command)
	}
	yes, clear := t.yesNo(text)
	if ask.Kind == "offer" && (command == "quit" || command == "skip" || command == "back") {
		yes, clear = false, true
	}
	switch {
	case clear && ask.Kind == "offer":
		t.offered(ask, yes)
	case clear:
		t.st.Ask = ask.Under
		t.confirmed(ask.Name, yes)
	case contains(rights, command):
		t.do(command)
	case strings.HasPrefix(command, languagePrefix):
		t.do(command)
	case command != "" && command != "repeat" && command != "help":
		t.st.Ask = nil
		return false
	case command != "":
		t.out.Command = command
		t.prompt()
	case ask.Kind == "offer" && t.listenReports(text): // more about the same event
	case ask.Under != nil:
		t.st.Ask = ask.Under
		return t.answerAsk(text, command)
	default:
		t.st.Ask = nil
		t.dropCase()
		return false
	}
	return true
}

// yesNo reads a plain yes or no; clear is false for anything else.
func (t *turn) yesNo(text string) (yes, clear bool) {
	rd := t.e.lib.reader.YesNo(text, [2]string{t.e.lib.line("yes"), t.e.lib.line("no")})
	return rd.Value.Str() == "yes", rd.Status == answer.OK
}

// offered starts the intake that was offered, or brings the pending question back.
func (t *turn) offered(ask Ask, yes bool) {
	t.st.Ask = nil
	t.st.Case = ask.Case
	if yes {
		for _, ls := range t.e.lib.config.listen {
			if f := t.startable(ls.Call); ls.ID == ask.Name && f != nil {
				t.beginUrgent(f)
				return
			}
		}
	}
	t.dropCase()
	t.sayLine("offer_declined")
	if t.st.Asleep > 0 || t.st.Idle() {
		return
	}
	t.sayLine("resumed_after")
	t.prompt()
}

// say adds a text to the reply.
func (t *turn) say(text string) {
	if text = strings.TrimSpace(text); text != "" {
		t.out.Says = append(t.out.Says, text)
	}
}

func (t *turn) sayLine(name string) { t.say(t.fill(name)) }

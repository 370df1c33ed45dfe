package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/vrep/vrep/flows/cond"
)

// do: quote: offers words of the doctor for being quoted, or reads words that were offered before, or with as settles how they may be quoted. Nothing is shown
// to anybody before a person has approved it.
func kindQuote() *stepKind {
	return &stepKind{
		name: "quote", key: "do", value: "quote", keys: []string{"words", "quote", "topic", "as"},
		bind: func(b *binder, o *object, s *Step) {
			body := &QuoteStep{Words: o.text("words"), Quote: o.text("quote"), Topic: o.word("topic"), As: o.expr("as")}
			s.Body = body
			if body.As != nil || body.Words == nil {
				o.need("quote")
			}
		},
		names: func(l *linker, s *Step) {
			l.declareResult(s, "quote", "ok", cond.Type{Kind: cond.KindBool})
			l.declareResult(s, "quote", "id", cond.Type{Kind: cond.KindText})
			l.declareResult(s, "quote", "words", cond.Type{Kind: cond.KindText})
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			body := s.Body.(*QuoteStep)
			id, words := t.plainText(f, body.Quote), t.plainText(f, body.Words)
			ok := false
			switch {
			case body.As != nil:
				ok = t.sign(id, t.eval(f, body.As).Str())
			case id != "":
				words, ok = t.offeredWords(id)
			default:
				id, ok = t.offerWords(f, s, words, body.Topic)
			}
			t.setResult(f, s, "quote", "ok", cond.Bool(ok))
			t.setResult(f, s, "quote", "id", cond.Text(id))
			if body.As == nil {
				t.setResult(f, s, "quote", "words", cond.Text(words))
			}
			return goOn
		},
	}
}

// QuoteStep is the body of do: quote.
type QuoteStep struct {
	Words *Text `canon:"shape"`
	Quote *Text `canon:"shape"`
	Topic string
	As    *Expr
}

// plainText is what a text of a step comes to, "" for none.
func (t *turn) plainText(f *Frame, x *Text) string {
	if x == nil {
		return ""
	}
	return t.textValue(f, x).v.Str()
}

// signatures are the ways in which a doctor may stand under words.
var signatures = []string{"name", "place", "none"}

// offerWords offers words that the doctor wrote. Only a verified doctor who agreed to the basic service is asked, and only for words that may be quoted.
func (t *turn) offerWords(f *Frame, s *Step, words, topic string) (id string, ok bool) {
	if t.level() < 2 || !t.mayStore(f) || !t.e.lib.Quotable(words) {
		return "", false
	}
	sum := sha256.Sum256([]byte(t.facts.Doctor + "\x00" + strconv.FormatInt(t.st.Talk, 10) + "\x00" + s.where() + "\x00" + words))
	id = hex.EncodeToString(sum[:16])
	t.out.Quotes = append(t.out.Quotes, Quote{ID: id, Words: words, Topic: topic, Flow: f.Flow})
	return id, true
}

// offeredWords reads words that the doctor was to be asked about.
func (t *turn) offeredWords(id string) (words string, ok bool) {
	peers, can := t.facts.Reads.(Peers)
	if !can || t.level() < 2 {
		return "", false
	}
	words, ok = peers.Quote(id)
	return words, ok && t.e.lib.Quotable(words)
}

// sign settles how words may be quoted; false: not at all.
func (t *turn) sign(id, as string) bool {
	ok := contains(signatures, as) && t.consented(purposeQuote)
	q := QuoteSign{ID: id}
	if ok {
		q.Signature, q.Policy = as, t.facts.Consents[purposeQuote]
		for _, c := range t.out.Consents {
			if c.Purpose == purposeQuote {
				q.Policy = c.Policy
			}
		}
	}
	t.out.Signs = append(t.out.Signs, q)
	return ok
}

// purposeQuote is the consent to be quoted.
const purposeQuote = "quote"

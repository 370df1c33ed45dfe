package console

import (
	"cmp"
	"net/http"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/flows"
)

// repCard is the empathy card on the page of a rep.
type repCard struct {
	handoff.Empathy
	Way flows.SuperChannel
}

// cardOf puts the card of a brief into words; nil when there is none.
func (c *Console) cardOf(b handoff.Brief) *repCard {
	if b.Empathy == nil {
		return nil
	}
	out := &repCard{Empathy: *b.Empathy}
	if lib := c.libraryNow(); lib != nil && lib.Supers() != nil {
		out.Way = lib.Supers().Channel(cmp.Or(b.Empathy.Channel, b.Empathy.Known))
	}
	return out
}

// repRead takes the receipt of a rep who has read the card, and shows the brief with the report.
func (c *Console) repRead(w http.ResponseWriter, v *repRequest) error {
	if err := c.desk.ReadCard(v.Context(), v.lead, v.rep); err != nil {
		return err
	}
	http.Redirect(w, v.Request, "/h/"+v.token+"#report", http.StatusSeeOther)
	return nil
}

package console

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/vrep/vrep/store"
)

// Addresses of acts about words that may be quoted.
const (
	pathApproveQuote = "/console/quotes/{id}/approve"
	pathRejectQuote  = "/console/quotes/{id}/reject"
	pathUseQuote     = "/console/quotes/{id}/use"
)

// quoteNotices are what a person is told whose act was refused.
var quoteNotices = map[string]error{
	"quote_changed": store.ErrChanged, "quote_number": store.ErrNoNumber, "unreasoned": store.ErrNoReason, "gone": store.ErrMoved, "same_person": store.ErrSamePerson,
}

// Standings of words in the library, in the order of its tabs. Content owners see what may be used; who decides sees what waits as well. What the doctor has not
// decided, has refused or has taken back is in none of them.
var (
	quoteUsable  = []string{store.QuoteApproved, store.QuoteExpired}
	quoteDecided = []string{store.QuoteConsented, store.QuoteApproved, store.QuoteExpired, store.QuoteRejected}
)

// quoteList is the library of words.
type quoteList struct {
	Rows    []store.QuoteRow
	Tabs    []quoteTab
	Status  string
	Decides bool
	Until   int64 // proposed end of an approval
}

type quoteTab struct {
	Status string
	N      int
	On     bool
}

// quoteYear is how long an approval is proposed to hold. Source: promotional material of the trade is looked at again every year.
const quoteYear = 365 * 24 * time.Hour

func (c *Console) pageQuotes(w http.ResponseWriter, v *request) error {
	p := quoteList{Decides: c.mayDo(v, pathApproveQuote), Until: c.now().Add(quoteYear).UnixMilli()}
	tabs := quoteUsable
	if p.Decides {
		tabs = quoteDecided
	}
	if p.Status = v.URL.Query().Get("status"); !slices.Contains(tabs, p.Status) {
		p.Status = tabs[0]
	}
	rows, err := c.store.Quotes(v.Context(), tabs...)
	if err != nil {
		return err
	}
	for _, status := range tabs {
		tab := quoteTab{Status: status, On: status == p.Status}
		for _, r := range rows {
			tab.N += one(r.Status == status)
		}
		p.Tabs = append(p.Tabs, tab)
	}
	p.Rows = slices.DeleteFunc(rows, func(r store.QuoteRow) bool { return r.Status != p.Status })
	return c.show(w, v, "quotes", p)
}

// quoteBack tells a person how an act ended and leads back to the library.
func (c *Console) quoteBack(w http.ResponseWriter, v *request, err error, done, status string) error {
	path := "/console/quotes?status=" + status
	for notice, refusal := range quoteNotices {
		if errors.Is(err, refusal) {
			return c.back(w, v, notice, path)
		}
	}
	if err != nil {
		return err
	}
	return c.back(w, v, done, path)
}

// doApproveQuote lets words be shown, whole or shortened. What the guard minds is refused once more: its words may have grown since the doctor wrote.
func (c *Console) doApproveQuote(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	a := store.QuoteApproval{ID: v.PathValue("id"), Text: v.PostForm.Get("text"), Number: v.PostForm.Get("number")}
	if day, err := time.ParseInLocation(formDay, v.PostForm.Get("until"), c.zone); err == nil {
		a.Until = day.Add(24*time.Hour - time.Minute).UnixMilli()
	}
	if lib := c.libraryNow(); lib == nil || !lib.Quotable(a.Text) {
		return c.back(w, v, "quote_unfit", "/console/quotes?status="+store.QuoteConsented)
	}
	return c.quoteBack(w, v, c.store.ApproveQuote(v.Context(), a), "quote_approved", store.QuoteConsented)
}

func (c *Console) doRejectQuote(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	err := c.store.RejectQuote(v.Context(), v.PathValue("id"), typedText(v, "reason"))
	return c.quoteBack(w, v, err, "quote_rejected", store.QuoteConsented)
}

// doUseQuote records where approved words are put.
func (c *Console) doUseQuote(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	return c.quoteBack(w, v, c.store.UseQuote(v.Context(), v.PathValue("id"), typedText(v, "where")), "quote_used", store.QuoteApproved)
}

// approvedOf are the words of a doctor that may be shown.
func approvedOf(rows []store.QuoteRow) []store.QuoteRow {
	return slices.DeleteFunc(slices.Clone(rows), func(r store.QuoteRow) bool { return r.Status != store.QuoteApproved })
}

// askQuote asks a doctor, in the chat, whether an answer may be quoted. Words that may not be quoted are not asked about.
func (c *Console) askQuote(v *request, p superPage) (string, error) {
	ref := v.PostForm.Get("answer")
	i := slices.IndexFunc(p.Asked, func(q quote) bool { return q.Ref == ref && q.Fit })
	if i < 0 {
		return "quote_unfit", nil
	}
	_, err := c.store.AskQuote(v.Context(), p.Doctor, ref, p.Asked[i].Topic)
	return "quote_asked", err
}

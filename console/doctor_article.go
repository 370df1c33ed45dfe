package console

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// article is a content item as its page shows it.
type article struct {
	flows.Content
	Until int64  // last valid day, unix ms, 0 = no end
	Read  string // where the page tells how long it was read, "" = by somebody whose reading counts for nobody
}

// doctorArticle shows a content item behind a tracked link. Only the doctor to whom it was sent is counted as its reader; everybody else is counted as
// nobody. What is shown depends on who looks, not on whom it was sent to.
func (c *Console) doctorArticle(w http.ResponseWriter, r *http.Request) {
	var link tracked
	ok := false
	if c.doctors.Links != nil {
		link, ok = c.doctors.Links.open(r.PathValue("token"))
	}
	if !ok {
		c.tellDoctor(w, r, http.StatusNotFound, doctorSaid{Code: "lost"})
		return
	}
	viewer := c.visitor(r)
	if viewer == "" && c.doctors.SignIn != nil {
		c.signIn(w, r)
		return
	}
	if err := c.showArticle(w, r, link, viewer); err != nil {
		c.failDoctor(w, r, err)
	}
}

func (c *Console) showArticle(w http.ResponseWriter, r *http.Request, link tracked, viewer string) error {
	item, known := c.content(link.Content)
	if known && r.Method == http.MethodGet {
		opened := store.LinkOpen{Content: link.Content}
		if viewer != "" && viewer == link.Doctor {
			opened.Doctor, opened.Effect = viewer, link.Effect
		}
		if err := c.store.AddLinkOpen(r.Context(), opened); err != nil {
			return err
		}
	}
	level, err := c.levelOf(r, viewer)
	if err != nil {
		return err
	}
	now := c.now().In(c.zone)
	switch {
	case !known:
		c.tellDoctor(w, r, http.StatusGone, doctorSaid{Code: "gone"})
	case !item.Allowed(max(item.Audience, store.LevelVerified), now):
		c.tellDoctor(w, r, http.StatusGone, doctorSaid{Code: "over"})
	case item.Product != "" && level != store.LevelVerified, item.Audience >= store.LevelVerified && !item.Allowed(level, now):
		c.tellDoctor(w, r, http.StatusForbidden, doctorSaid{Code: "verify"})
	case !item.Allowed(level, now):
		c.tellDoctor(w, r, http.StatusForbidden, doctorSaid{Code: "register"})
	default:
		a := article{Content: item}
		if !item.Until.IsZero() {
			a.Until = item.Until.UnixMilli()
		}
		if viewer != "" && viewer == link.Doctor {
			a.Read = "/r/" + r.PathValue("token") + "/read"
		}
		return c.render(w, http.StatusOK, "doctor_article", page{Data: a})
	}
	return nil
}

// content is an item of the catalogue in force.
func (c *Console) content(id string) (flows.Content, bool) {
	if c.library == nil {
		return flows.Content{}, false
	}
	for _, item := range c.library().Contents() {
		if item.ID == id {
			return item, true
		}
	}
	return flows.Content{}, false
}

// levelOf is the verification level of who looks; strangers have none.
func (c *Console) levelOf(r *http.Request, viewer string) (int, error) {
	if viewer == "" {
		return store.LevelFollower, nil
	}
	d, err := c.store.LoadDoctor(r.Context(), viewer)
	if errors.Is(err, store.ErrNotFound) {
		return store.LevelFollower, nil
	}
	return d.Level, err
}

// readMost is the longest reading that counts, in seconds: who leaves a page open does not read it.
const readMost = 1800

// doctorRead takes what an article's page tells of its reading: the seconds so far, again and again. It counts for the doctor to whom the link was sent.
func (c *Console) doctorRead(w http.ResponseWriter, r *http.Request) {
	var link tracked
	ok := false
	if c.doctors.Links != nil {
		link, ok = c.doctors.Links.open(r.PathValue("token"))
	}
	seconds, err := strconv.Atoi(r.PostFormValue("seconds"))
	if !ok || err != nil || seconds <= 0 || link.Doctor == "" || c.visitor(r) != link.Doctor {
		http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
		return
	}
	if time.Duration(seconds)*time.Second < store.ReadLeast {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	read := store.Behaviour{
		Doctor: link.Doctor, Kind: store.DidRead, Object: link.Content, Amount: min(seconds, readMost), Ref: "read:" + link.Content + ":" + link.Effect,
	}
	if err := c.store.Did(r.Context(), read); err != nil {
		c.failDoctor(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

package console

import (
	"context"
	"errors"
	"net/http"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Errors of the platform behind the pages. Anything else is an outage.
var (
	// ErrAccount: there is no account, or its settings forbid the call; an operator has to act.
	ErrAccount = errors.New("console: the account may not do this")
	// ErrSignInAgain: the code was used before, has ended or never was one.
	ErrSignInAgain = errors.New("console: sign-in code is not valid")
	// ErrSnapshot: the page was opened as a snapshot, by a made-up person.
	ErrSnapshot = errors.New("console: opened as a snapshot")
)

// SignIn tells doctors' browsers apart.
type SignIn interface {
	// SignInAddress is where a browser is sent; it comes back to redirect with code and state.
	SignInAddress(redirect, state string) string
	// Person gives the openid that belongs to a code. ErrSignInAgain, ErrSnapshot, ErrAccount.
	Person(ctx context.Context, code string) (openID string, err error)
}

// PageSignature lets a page use the platform's script.
type PageSignature struct {
	AppID, Nonce, Signature string
	Timestamp               int64 // seconds
}

// Script signs pages that use the platform's script.
type Script interface {
	SignPage(ctx context.Context, address string) (PageSignature, error)
}

// Consents takes decisions about consents that doctors make on a page.
type Consents interface {
	DecideConsent(ctx context.Context, doctor, purpose, pressed string, yes bool) error
}

// DoctorOptions are what the doctors' pages need. Without SignIn nobody can be told apart: only articles are shown, to strangers.
type DoctorOptions struct {
	SignIn   SignIn
	Script   Script                 // nil = no subscribe button
	Consents Consents               // nil = nothing can be decided here
	Requests func() []flows.Request // what doctors are asked to agree to
	Links    *Links                 // tracked addresses; nil = there are none
	Template string                 // of the one-time notice that doctors may agree to; "" = none
}

// visit is one request of a doctor who has signed in.
type visit struct {
	*http.Request
	doctor store.DoctorFile
}

// doctorSaid is a page with one message.
type doctorSaid struct {
	Code string // of the word groups "visit" and "visithint"
	Back string // address of the button, "" = none
}

// doctorDoors is the whole list of what doctors can open: everything about a person stands behind the platform's sign-in.
func (c *Console) doctorDoors() []door {
	return []door{
		{"GET", "/d/{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/d/me", http.StatusFound) }},
		{"GET", "/d/enter", c.doctorEnter},
		{"GET", "/d/me", c.withDoctor(c.doctorData)},
		{"GET", "/d/consent", c.withDoctor(c.doctorConsents)},
		{"POST", "/d/consent", c.withDoctor(c.doctorDecide)},
		{"GET", "/d/export/{token}", c.withDoctor(c.doctorExport)},
		{"POST", "/d/export/{token}", c.withDoctor(c.doctorFetch)},
		{"GET", "/d/notify", c.withDoctor(c.doctorNotify)},
		{"GET", "/r/{token}", c.doctorArticle},
		{"POST", "/r/{token}/read", c.doctorRead},
		{"GET", "/i/{token}", c.peerCard},
		{"GET", "/i/{token}/code.png", c.peerCode},
	}
}

// doctorRoutes adds the pages of the doctors.
func (c *Console) doctorRoutes(mux *http.ServeMux) {
	for _, d := range c.doctorDoors() {
		mux.HandleFunc(d.method+" "+d.path, d.handle)
	}
	lost := func(w http.ResponseWriter, r *http.Request) {
		c.tellDoctor(w, r, http.StatusNotFound, doctorSaid{Code: "lost"})
	}
	mux.HandleFunc("/d/", lost)
	mux.HandleFunc("/r/", lost)
	mux.HandleFunc("/i/", lost)
}

// withDoctor lets through who has signed in, and sends others to the platform first.
func (c *Console) withDoctor(handle func(http.ResponseWriter, *visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if c.doctors.SignIn == nil || c.publicURL == "" {
			c.tellDoctor(w, r, http.StatusServiceUnavailable, doctorSaid{Code: "closed"})
			return
		}
		id := c.visitor(r)
		switch {
		case id == "" && r.Method == http.MethodPost:
			c.tellDoctor(w, r, http.StatusForbidden, doctorSaid{Code: "left", Back: r.URL.Path})
			return
		case id == "":
			c.signIn(w, r)
			return
		}
		file, err := c.store.LoadDoctor(r.Context(), id)
		if errors.Is(err, store.ErrNotFound) {
			c.tellDoctor(w, r, http.StatusOK, doctorSaid{Code: "unknown"})
			return
		}
		if err == nil {
			err = handle(w, &visit{Request: r, doctor: file})
		}
		if err != nil {
			c.failDoctor(w, r, err)
		}
	}
}

// doctorEnter is where the platform sends a browser back to.
func (c *Console) doctorEnter(w http.ResponseWriter, r *http.Request) {
	if c.doctors.SignIn == nil {
		c.tellDoctor(w, r, http.StatusServiceUnavailable, doctorSaid{Code: "closed"})
		return
	}
	way, ok := c.wayBack(r)
	c.dropCookie(w, cookieWay)
	code := r.URL.Query().Get("code")
	if !ok || code == "" {
		c.tellDoctor(w, r, http.StatusBadRequest, doctorSaid{Code: "again", Back: "/d/me"})
		return
	}
	openID, err := c.doctors.SignIn.Person(r.Context(), code)
	switch {
	case errors.Is(err, ErrSignInAgain):
		c.tellDoctor(w, r, http.StatusBadRequest, doctorSaid{Code: "again", Back: way})
	case errors.Is(err, ErrSnapshot):
		c.tellDoctor(w, r, http.StatusForbidden, doctorSaid{Code: "snapshot"})
	case errors.Is(err, ErrAccount):
		c.log.Error("doctor sign-in refused by the account's settings")
		c.tellDoctor(w, r, http.StatusServiceUnavailable, doctorSaid{Code: "closed"})
	case err != nil:
		c.failDoctor(w, r, err)
	default:
		c.remember(w, store.DoctorID(c.store.Account(), openID))
		http.Redirect(w, r, way, http.StatusSeeOther)
	}
}

// tellDoctor shows a page with one message.
func (c *Console) tellDoctor(w http.ResponseWriter, r *http.Request, status int, said doctorSaid) {
	if err := c.render(w, status, "doctor_said", page{Data: said}); err != nil {
		c.failErr(w, r, shell{}, err)
	}
}

// failDoctor logs what went wrong and asks for patience.
func (c *Console) failDoctor(w http.ResponseWriter, r *http.Request, err error) {
	c.log.Error("doctor page failed", "route", r.Pattern, "error", err)
	c.tellDoctor(w, r, http.StatusServiceUnavailable, doctorSaid{Code: "busy"})
}

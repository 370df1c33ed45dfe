// Package console is the browser console of the house (/console/…), the pages of the reps (/h/{token}) and those of the doctors (/d/…, /r/{token}): what
// was learnt about a doctor, where every value comes from, which leads wait for whom, which adverse events nobody has looked at yet.
//
// Pages are rendered on the server from embedded templates. The package reads through the report queries of store and acts through store, bot/handoff and
// what it is handed for the platform and the chat; it knows no SQL, decides no move of a lead and no consent, and sends nothing.
//
// It refuses: anything without a session (rep pages: without a signed link; doctors: unless the platform has told who they are), any act by GET (an opened
// link is counted, a code's picture is drawn at the first look), any form sent from another site, scripts and styles that are not its own, with the one
// exception of the platform's subscribe button.
//
// Invariants: every route is in the list of routes.go with the roles that may use it and what they see of doctors there, and the store is told who looks; every change by a person, and every look at a portrait, writes
// an audit row with the actor; texts from outside reach a page through html/template only, with invisible and direction-changing characters shown as
// marks; tokens of sessions and links are stored hashed and never logged.
package console

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/bot/meeting"
	"github.com/vrep/vrep/bot/release"
	pv "github.com/vrep/vrep/bot/safety"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// Options are what a Console needs. Store, Desk, Safety, Publisher and Key are required.
type Options struct {
	Store     *store.Store
	Desk      *handoff.Desk
	Safety    *pv.Desk
	Library   func() *flows.Library // labels of portrait fields, titles of content; nil = codes are shown
	Publisher *release.Publisher    // rolls back, shares and recalls flows
	Key       []byte                // signs one-time links
	Secure    bool                  // cookies only over https
	PublicURL string                // trusted origin of forms when a proxy changes the Host header; may be ""
	Company   string
	BotName   string
	Zone      *time.Location   // UTC when nil
	Now       func() time.Time // time.Now when nil
	Wall      func() time.Time // what ends sessions and one-time links, whatever Now says; time.Now when nil
	Log       *slog.Logger     // discards when nil
	Codes     Codes            // draws QR codes; nil = no account
	Doctors   DoctorOptions    // pages for doctors
	Abilities []Ability        // what the account may do, for the page about sending
}

// Console serves the pages. Several may run on one store.
type Console struct {
	store     *store.Store
	desk      *handoff.Desk
	insight   *insight.Insight
	safety    *pv.Desk
	room      *meeting.Room
	library   func() *flows.Library
	releases  *release.Publisher
	key       []byte
	codes     Codes
	doctors   DoctorOptions
	abilities []Ability
	secure    bool
	company   string
	bot       string
	zone      *time.Location
	now       func() time.Time
	wall      func() time.Time
	log       *slog.Logger
	words     words
	tones     words
	pages     pages
	table     []route // every page and act, see routes
	assets    assets
	sessions  *scs.SessionManager
	rows      *store.WebSessions
	throttle  *throttle
	linted    lintMemory
	hashing   chan struct{} // at most so many password hashes at once
	decoy     string        // hash compared for unknown accounts
	publicURL string        // without a slash at the end, "" = not known
	cross     *http.CrossOriginProtection
	bringing  bringing // the import that this process is at
}

// New makes a Console. It fails when an option is missing or an embedded file is broken.
func New(o Options) (*Console, error) {
	if o.Store == nil || o.Desk == nil || o.Safety == nil || o.Publisher == nil || len(o.Key) < 16 {
		return nil, errors.New("console: store, desks, publisher and a key of 16 bytes are required")
	}
	c := &Console{
		store: o.Store, desk: o.Desk, safety: o.Safety, library: o.Library, releases: o.Publisher, key: o.Key, company: o.Company, bot: o.BotName,
		codes: o.Codes, doctors: o.Doctors, abilities: o.Abilities, secure: o.Secure, publicURL: strings.TrimSuffix(o.PublicURL, "/"), zone: cmp.Or(o.Zone, time.UTC), now: o.Now, wall: o.Wall, log: o.Log,
		hashing: make(chan struct{}, 2), decoy: hashPassword(newPassword()), rows: o.Store.WebSessions(o.Wall),
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.wall == nil {
		c.wall = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.table = c.routes()
	c.insight = insight.New(insight.Options{Store: o.Store, Library: o.Library, Zone: c.zone, Now: c.now, Log: c.log})
	c.room = meeting.New(meeting.Options{Store: o.Store, WorkDay: handoff.WorkingDaysAfter, Company: o.Company, Zone: c.zone, Now: c.now, Log: c.log})
	c.throttle = newThrottle(c.now)
	c.sessions = c.newSessions(o.Secure)
	if err := c.protect(o.PublicURL); err != nil {
		return nil, err
	}
	return c, c.readFiles()
}

// readFiles parses everything embedded.
func (c *Console) readFiles() (err error) {
	if c.words, err = readWords(wordsFile); err != nil {
		return err
	}
	if c.tones, err = readWords(tonesFile); err != nil {
		return err
	}
	c.words.borrow(c.desk.Form())
	c.words.learnMaster()
	if err := c.words.named(c.abilities); err != nil {
		return err
	}
	if c.assets, err = readAssets(); err != nil {
		return err
	}
	c.pages, err = c.readPages()
	return err
}

// protect sets up the refusal of forms sent from other sites.
func (c *Console) protect(publicURL string) error {
	c.cross = http.NewCrossOriginProtection()
	c.cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.fail(w, r, shell{}, http.StatusForbidden)
	}))
	if publicURL == "" {
		return nil
	}
	u, err := url.Parse(publicURL)
	if err != nil || u.Host == "" {
		return errors.New("console: public address is not an absolute URL")
	}
	if err := c.cross.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
		return fmt.Errorf("trusting public address: %w", err)
	}
	return nil
}

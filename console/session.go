package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/vrep/vrep/store"
)

// How long a session lasts without a request and altogether (OWASP ASVS 7.3).
const (
	sessionIdle = 30 * time.Minute
	sessionLife = 12 * time.Hour
)

// Keys of the session's values.
const (
	keyUser   = "user"
	keyStamp  = "stamp"  // changes with the password and the role, so that a reset ends every session
	keyLink   = "link"   // entered by a one-time link: no change of password is asked for
	keyNotice = "notice" // shown once on the next page
)

// errNoSession: nobody is logged in.
var errNoSession = errors.New("console: no session")

// newSessions sets up the session manager. It is written out instead of made by scs.New, which starts a goroutine that nothing here would end.
func (c *Console) newSessions(secure bool) *scs.SessionManager {
	name := "vrep_session"
	if secure {
		name = "__Host-vrep_session"
	}
	return &scs.SessionManager{
		Store: c.rows, Codec: scs.GobCodec{}, IdleTimeout: sessionIdle, Lifetime: sessionLife,
		Cookie: scs.SessionCookie{Name: name, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure},
		ErrorFunc: func(w http.ResponseWriter, r *http.Request, err error) {
			c.log.Error("console session failed", "error", err)
			c.fail(w, r, shell{}, http.StatusServiceUnavailable)
		},
	}
}

// stamp ties a session to the password and to the role, rep and team that it was begun with.
func stamp(u store.User) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{u.Name, u.Hash, u.Role, u.Rep, u.Team}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// begin logs a person in under a fresh token.
func (c *Console) begin(ctx context.Context, u store.User, byLink bool) error {
	if err := c.sessions.Clear(ctx); err != nil {
		return err
	}
	if err := c.sessions.RenewToken(ctx); err != nil {
		return err
	}
	c.sessions.Put(ctx, keyUser, u.Name)
	c.sessions.Put(ctx, keyStamp, stamp(u))
	c.sessions.Put(ctx, keyLink, byLink)
	return nil
}

// current gives the person who is logged in. The account is read at every request: a disabled one, or one with another password than at login, has
// no session any more. errNoSession.
func (c *Console) current(ctx context.Context) (store.User, error) {
	name := c.sessions.GetString(ctx, keyUser)
	if name == "" {
		return store.User{}, errNoSession
	}
	u, err := c.store.User(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.User{}, err
	}
	if err != nil || u.Disabled || c.sessions.GetString(ctx, keyStamp) != stamp(u) {
		if err := c.sessions.Destroy(ctx); err != nil {
			return store.User{}, err
		}
		return store.User{}, errNoSession
	}
	return u, nil
}

// back ends an act: the page is shown again, with a word about what was done (code of the word group "notice").
func (c *Console) back(w http.ResponseWriter, v *request, notice, path string) error {
	c.sessions.Put(v.Context(), keyNotice, notice)
	http.Redirect(w, v.Request, path, http.StatusSeeOther)
	return nil
}

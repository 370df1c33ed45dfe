package console

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/vrep/vrep/store"
)

// linkLife is how long a one-time link opens the console.
const linkLife = 10 * time.Minute

// OneTimeLink gives a path that logs the account in once within ten minutes: /console/enter/{token}. The token is a nonce with a MAC; the store keeps
// only its hash. store.ErrNotFound for an unknown account.
func (c *Console) OneTimeLink(ctx context.Context, user string) (path string, err error) {
	u, err := c.store.User(ctx, user)
	if err != nil {
		return "", fmt.Errorf("making one-time link: %w", err)
	}
	nonce := make([]byte, 16)
	rand.Read(nonce)
	token := base64.RawURLEncoding.EncodeToString(append(nonce, c.mac(nonce)...))
	if err := c.rows.CommitCtx(ctx, linkRow(token), []byte(u.Name), c.wall().Add(linkLife)); err != nil {
		return "", fmt.Errorf("making one-time link: %w", err)
	}
	return "/console/enter/" + token, nil
}

// linkRow keeps the tokens of links apart from those of sessions.
func linkRow(token string) string { return "enter " + token }

// mac signs a nonce; 16 bytes of HMAC-SHA256.
func (c *Console) mac(nonce []byte) []byte {
	h := hmac.New(sha256.New, c.key)
	h.Write([]byte("console enter\x00"))
	h.Write(nonce)
	return h.Sum(nil)[:16]
}

// genuine tells whether we made the token, without a look into the database.
func (c *Console) genuine(token string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	return err == nil && len(raw) == 32 && hmac.Equal(raw[16:], c.mac(raw[:16]))
}

// showEnter does not use the link up, so that a preview of it costs nothing: the page's form does, sent by its script or by hand.
func (c *Console) showEnter(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	if !c.genuine(token) {
		c.enterPage(w, r, token, false)
		return
	}
	_, found, err := c.rows.FindCtx(r.Context(), linkRow(token))
	if err != nil {
		c.failErr(w, r, shell{}, err)
		return
	}
	c.enterPage(w, r, token, found)
}

func (c *Console) enterPage(w http.ResponseWriter, r *http.Request, token string, good bool) {
	status := http.StatusOK
	if !good {
		status = http.StatusGone
	}
	data := struct {
		Token string
		Good  bool
	}{token, good}
	if err := c.render(w, status, "enter", page{Data: data}); err != nil {
		c.failErr(w, r, shell{}, err)
	}
}

func (c *Console) doEnter(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	u, err := c.useLink(r.Context(), token)
	if errors.Is(err, store.ErrNotFound) {
		c.enterPage(w, r, token, false)
		return
	}
	if err == nil {
		err = c.welcome(r.Context(), u, true)
	}
	if err != nil {
		c.failErr(w, r, shell{}, err)
		return
	}
	http.Redirect(w, r, "/console/", http.StatusSeeOther)
}

// useLink takes the link away and gives its account; store.ErrNotFound when it was used, is too old, was never made or the account is closed.
func (c *Console) useLink(ctx context.Context, token string) (store.User, error) {
	if !c.genuine(token) {
		return store.User{}, store.ErrNotFound
	}
	name, err := c.rows.Take(ctx, linkRow(token))
	if err != nil {
		return store.User{}, err
	}
	u, err := c.store.User(ctx, string(name))
	if err == nil && u.Disabled {
		return store.User{}, store.ErrNotFound
	}
	return u, err
}

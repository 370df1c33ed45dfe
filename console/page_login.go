package console

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/vrep/vrep/store"
)

// loginForm is what the login page shows.
type loginForm struct {
	Name    string
	Next    string
	Problem string // code of the word group "problem"
}

func (c *Console) showLogin(w http.ResponseWriter, r *http.Request) {
	next := safeNext(r.URL.Query().Get("next"))
	if _, err := c.current(r.Context()); err == nil {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	c.login(w, r, http.StatusOK, loginForm{Next: next})
}

func (c *Console) login(w http.ResponseWriter, r *http.Request, status int, f loginForm) {
	if err := c.render(w, status, "login", page{Data: f}); err != nil {
		c.failErr(w, r, shell{}, err)
	}
}

func (c *Console) doLogin(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		c.fail(w, r, shell{}, http.StatusBadRequest)
		return
	}
	name := strings.ToLower(strings.TrimSpace(r.PostForm.Get("name")))
	f := loginForm{Name: name, Next: safeNext(r.PostForm.Get("next"))}
	account, address := "account "+cut(name, 64), "address "+clientAddress(r)
	if c.throttle.take(account, freeForAccount) > 0 || c.throttle.take(address, freeForAddress) > 0 {
		f.Problem = "wait"
		c.login(w, r, http.StatusTooManyRequests, f)
		return
	}
	u, ok, err := c.verify(r.Context(), name, cut(r.PostForm.Get("password"), 4*maxPassword))
	if err != nil {
		c.failErr(w, r, shell{}, err)
		return
	}
	if !ok {
		c.log.Warn("console login refused", "address", clientAddress(r))
		f.Problem = "login"
		c.login(w, r, http.StatusUnauthorized, f)
		return
	}
	c.throttle.forget(account)
	c.throttle.forget(address)
	if err := c.welcome(r.Context(), u, false); err != nil {
		c.failErr(w, r, shell{}, err)
		return
	}
	http.Redirect(w, r, f.Next, http.StatusSeeOther)
}

// verify compares the password. Unknown and disabled accounts cost the same work as a wrong password.
func (c *Console) verify(ctx context.Context, name, password string) (store.User, bool, error) {
	u, err := c.store.User(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return u, false, err
	}
	hash := u.Hash
	if err != nil || u.Disabled {
		hash = c.decoy
	}
	select {
	case c.hashing <- struct{}{}:
		defer func() { <-c.hashing }()
	case <-ctx.Done():
		return u, false, ctx.Err()
	}
	fits := checkPassword(hash, password)
	return u, fits && err == nil && !u.Disabled, nil
}

// welcome begins the session, notes the login and clears away expired sessions.
func (c *Console) welcome(ctx context.Context, u store.User, byLink bool) error {
	how := "password"
	if byLink {
		how = "link"
	}
	if err := c.store.AddAudit(ctx, store.Audit{Actor: u.Name, Role: u.Role, Action: "login", Object: "user:" + u.Name, Detail: how}); err != nil {
		return err
	}
	if err := c.rows.Sweep(ctx); err != nil {
		return err
	}
	return c.begin(ctx, u, byLink)
}

func (c *Console) doLogout(w http.ResponseWriter, r *http.Request) {
	u, err := c.current(r.Context())
	if err == nil {
		err = c.store.AddAudit(r.Context(), store.Audit{Actor: u.Name, Role: u.Role, Action: "logout", Object: "user:" + u.Name})
	}
	if err == nil {
		err = c.sessions.Destroy(r.Context())
	}
	if err != nil && !errors.Is(err, errNoSession) {
		c.failErr(w, r, shell{}, err)
		return
	}
	http.Redirect(w, r, "/console/login", http.StatusSeeOther)
}

// loginPath remembers the page that was asked for.
func loginPath(r *http.Request) string {
	if r.Method != http.MethodGet || r.URL.Path == "/console/" {
		return "/console/login"
	}
	return "/console/login?next=" + url.QueryEscape(r.URL.RequestURI())
}

// safeNext lets only pages of the console follow a login.
func safeNext(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/console/") || strings.HasPrefix(u.Path, "/console/log") {
		return "/console/"
	}
	return u.RequestURI()
}

// clientAddress is the peer, or what our own proxy (a private address) says about it. Only the last entry of the header is the proxy's.
func clientAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	peer, err := netip.ParseAddr(host)
	if err != nil || !(peer.IsLoopback() || peer.IsPrivate()) {
		return host
	}
	seen := r.Header.Values("X-Forwarded-For")
	if len(seen) == 0 {
		return host
	}
	hops := strings.Split(seen[len(seen)-1], ",")
	if addr, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
		return addr.String()
	}
	return host
}

// cut keeps at most n bytes.
func cut(text string, n int) string { return text[:min(len(text), n)] }

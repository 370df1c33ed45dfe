package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"text/template"
	"time"

	"github.com/spf13/cobra"
	"github.com/vrep/vrep/config"
	"github.com/vrep/vrep/console"
	"github.com/vrep/vrep/sim"
)

//go:embed demo.txt
var demoText string

type demoOptions struct {
	listen      string
	data        string
	flows       string
	allowRemote bool
}

func newDemo() *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use: "demo", Short: "try everything: simulator, sample reps, flows, console, embedded databases",
		Long:    "Starts the whole product on embedded databases with a pretend WeChat and WeCom, and prints where to look.",
		Example: "  vrep demo\n  vrep demo --data ./demo-data\n  vrep demo --flows ./flows/library", Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return demo(c.Context(), c, o) },
	}
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "address to listen on")
	c.Flags().StringVar(&o.data, "data", "", "folder that keeps the data; empty: a temporary folder, removed at exit")
	c.Flags().StringVar(&o.flows, "flows", "", "folder of flows instead of the shipped ones")
	c.Flags().BoolVar(&o.allowRemote, "allow-remote", false, "allow an address that others on the network can reach")
	return c
}

func demo(ctx context.Context, c *cobra.Command, o demoOptions) (err error) {
	started := time.Now()
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return usageError{fmt.Errorf("--listen must be host:port: %w", err)}
	}
	if ip := net.ParseIP(host); !config.IsLoopback(host) {
		if !o.allowRemote {
			return usageError{fmt.Errorf("the demo knows no password; %s can be reached by others: add --allow-remote if that is wanted", o.listen)}
		}
		if host != "" && (ip == nil || !ip.IsUnspecified()) {
			return usageError{fmt.Errorf("--allow-remote listens on every address of this machine: say --listen 0.0.0.0:8080")}
		}
	}
	kept := o.data != ""
	if !kept {
		if o.data, err = os.MkdirTemp("", "vrep-demo-"); err != nil {
			return fmt.Errorf("making a temporary folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.data)) }()
	}
	if err := writable(o.data); err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return fmt.Errorf("listening (another address: --listen 127.0.0.1:8081): %w", err)
	}
	defer ln.Close()
	world, err := newDemoWorld(ctx, ln, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.close()) }()
	link, err := world.prepare(ctx)
	if err != nil {
		return err
	}
	stopSample, _ := world.startSample(ctx)
	defer stopSample()
	link.Ready, link.Data, link.Kept = time.Since(started).Round(time.Millisecond), o.data, kept
	if err := template.Must(template.New("demo").Parse(demoText)).Execute(c.OutOrStdout(), link); err != nil {
		return err
	}
	return world.app.run(ctx, ln, world.routes(), world.platform.Close)
}

// writable makes the folder and tries to write in it, so that the message names the folder and not a file deep inside.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return usageError{fmt.Errorf("--data: %w", err)}
	}
	f, err := os.CreateTemp(dir, ".try-")
	if err != nil {
		return usageError{fmt.Errorf("--data: the folder %s cannot be written to: %w", dir, err)}
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// demoLinks is what the demo prints.
type demoLinks struct {
	URL, Console, Admin, Password, Invite, Data string
	Kept                                        bool
	Ready                                       time.Duration
	Roles                                       bool // the page of the roles is there
}

// demoWorld is the product together with the pretend platform.
type demoWorld struct {
	app      *app
	platform *sim.Platform
	url      string // as people open it
	roles    bool   // everybody who reaches the demo may enter as anybody: on this machine only
}

func newDemoWorld(ctx context.Context, ln net.Listener, o demoOptions) (*demoWorld, error) {
	url := "http://" + demoHost(ln.Addr())
	cfg, err := demoConfig(url, o)
	if err != nil {
		return nil, err
	}
	shown := url
	if o.allowRemote {
		shown = "http://" + remoteHost(ln.Addr())
		cfg.PublicURL = shown
	}
	log := newLog(slog.LevelWarn)
	platform, err := sim.New(simOptions(cfg, url, filepath.Join(o.data, "simulator.json"), log))
	if err != nil {
		return nil, fmt.Errorf("starting the simulator: %w", err)
	}
	a, err := newApp(ctx, cfg, log, platform.Now)
	if err != nil {
		return nil, errors.Join(err, platform.Close())
	}
	return &demoWorld{app: a, platform: platform, url: shown, roles: !o.allowRemote}, nil
}

// demoHost is the address that a browser on this machine can open.
func demoHost(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// remoteHost is the address that others on the network can open, the loopback one when there is no network.
func remoteHost(addr net.Addr) string {
	local := demoHost(addr)
	_, port, err := net.SplitHostPort(local)
	if err != nil {
		return local
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return local
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && n.IP.IsPrivate() {
			return net.JoinHostPort(n.IP.String(), port)
		}
	}
	return local
}

func (w *demoWorld) routes() http.Handler {
	mux := w.app.routes()
	mux.Handle("/sim/", w.platform.Handler())
	mux.Handle("/_sim/", w.platform.Handler())
	if w.roles {
		mux.HandleFunc("GET /demo/{$}", w.showRoles)
		mux.HandleFunc("GET /demo/as/{role}", w.enterAs)
	}
	return mux
}

// prepare fills in what a fresh demo needs: reps with territories, an invite code, the console account.
func (w *demoWorld) prepare(ctx context.Context) (demoLinks, error) {
	links := demoLinks{URL: w.url, Invite: demoInvite}
	if err := seedDemo(ctx, w.app.store); err != nil {
		return links, err
	}
	name, password, created, err := console.EnsureAdmin(ctx, w.app.store)
	if err != nil {
		return links, err
	}
	links.Admin = name
	if created {
		links.Password = password
	}
	if links.Console, err = w.app.console.OneTimeLink(ctx, name); err != nil {
		return links, err
	}
	links.Roles = w.roles
	return links, w.makeRoles(ctx)
}

func (w *demoWorld) close() error {
	return errors.Join(w.platform.Close(), w.app.close())
}

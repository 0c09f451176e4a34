package lib.cluster;

import io.fabric8.kubernetes.client.Config;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import lib.cli.Exit;
import lib.cli.Failure;

/** Through which proxies a server is reached, by the rules of kubectl: the kubeconfig's proxy-url, or the environment's. */
final class Proxies {
    private static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443, "socks5", 1080);
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127\\.[0-9.]+|\\[.*:.*]");

    private Proxies() {}

    /**
     * Has a client use them.
     *
     * @param config with the server's address, and the kubeconfig's proxy-url where it has one
     * @throws Failure if one is no address of a proxy
     */
    static void use(Config config, Map<String, String> environment) {
        boolean tls = config.getMasterUrl().startsWith(Config.HTTPS_PROTOCOL_PREFIX);
        String own = tls ? config.getHttpsProxy() : config.getHttpProxy();
        config.setHttpsProxy(null);
        config.setHttpProxy(null);
        if (own != null) {
            use(config, tls, own, "the kubeconfig's proxy-url");
            return;
        }
        String name = tls ? "HTTPS_PROXY" : "HTTP_PROXY";
        String proxy = variable(environment, name);
        String[] without = Arrays.stream(variable(environment, "NO_PROXY").split(",")).map(String::strip).filter(s -> !s.isEmpty())
                .map(s -> s.startsWith("*.") ? s.substring(1) : s).toArray(String[]::new);
        if (proxy.isEmpty() || Arrays.asList(without).contains("*") || loopback(config.getMasterUrl())) return;
        use(config, tls, proxy, name);
        config.setNoProxy(without);
    }

    private static String variable(Map<String, String> environment, String name) {
        return environment.getOrDefault(name, environment.getOrDefault(name.toLowerCase(Locale.ROOT), "")).strip();
    }

    private static void use(Config config, boolean tls, String proxy, String from) {
        try {
            URI uri = new URI(proxy.contains("://") ? proxy : "http://" + proxy).parseServerAuthority();
            Integer port = uri.getScheme() == null ? null : PORTS.get(uri.getScheme());
            if (port == null || uri.getHost() == null) throw new URISyntaxException("", "no proxy");
            String address = uri.getScheme() + "://" + uri.getHost() + ":" + (uri.getPort() < 0 ? port : uri.getPort());
            if (tls) config.setHttpsProxy(address);
            else config.setHttpProxy(address);
            if (uri.getUserInfo() == null) return;
            String[] user = uri.getUserInfo().split(":", 2);
            config.setProxyUsername(user[0]);
            config.setProxyPassword(user.length > 1 ? user[1] : "");
        } catch (URISyntaxException e) {
            // The exception quotes the address, which may hold a password.
            throw new Failure(Exit.UNREACHABLE, from + " is no address of a proxy such as http://proxy:3128", null);
        }
    }

    private static boolean loopback(String server) {
        String host = URI.create(server).getHost();
        if (host == null || !LOOPBACK.matcher(host).matches()) return false;
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}

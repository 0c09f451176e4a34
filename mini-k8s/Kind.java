/** What a load is made of. Each burns the API server's CPU in another place. */
enum Kind {
    /** Gets, lists, watches, creates, patches and deletes of ConfigMaps and Secrets. */
    mixed(40, 16_000, 4),
    /** Lists of the whole namespace, most of them past the watch cache. */
    list(40, 16_000, 0),
    /** Creates, updates, patches and deletes. */
    write(40, 2_000, 0),
    /** Many watches, and a few patches that each of them hears of. */
    watch(20, 4_000, 60),
    /** Gets, lists and updates of objects of half a megabyte. */
    large(6, 500_000, 0),
    /** Small gets by a service account that many RoleBindings are about. */
    authz(40, 200, 0);

    /** So many ConfigMaps there are to read, and as many Secrets of a quarter of their size. */
    final int objects;
    final int bytes;
    final int watches;

    Kind(int objects, int bytes, int watches) {
        this.objects = objects;
        this.bytes = bytes;
        this.watches = watches;
    }
}

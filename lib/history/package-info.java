//DEPS org.eclipse.jgit:org.eclipse.jgit:7.8.1.202611041320-r

/**
 * The results that are kept: their names and places in results/, the git commit that holds them, the push.
 * Where git is installed it does what is done to a repository and carries what is pushed, with all that the user has
 * configured: transports, filters, hooks, forms of the index. Where it is not, JGit does, as far as it can, and ssh is
 * the ssh program. What is committed is composed by us in either case, from HEAD's tree and the result. A commit is
 * signed by the program that git would call, gpg or ssh-keygen, which know the user's agents and cards.
 */
package lib.history;
